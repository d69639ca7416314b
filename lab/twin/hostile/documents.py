"""Documents made to hurt the parser that opens them, honestly framed."""

from __future__ import annotations

import base64
from collections.abc import Callable

from lab.twin.hostile.registry import Encounter, behaviour
from lab.twin.hostile.wire import ENVELOPE, ENVELOPE_END, reply

_ROOT = (
    '<env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope"><env:Body>{}</env:Body></env:Envelope>'
)


@behaviour("entities")
async def entities(encounter: Encounter) -> None:
    """Declare option ``dtd`` before an envelope whose body is option ``body``, ``times`` times over, both in option ``encoding``.

    XXE, a parameter entity that fetches a DTD, billion laughs. UTF-16 hides the word DOCTYPE from who looks at bytes.
    """
    encoding = encounter.text("encoding", "utf-8")
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
    content = encounter.text("dtd") + _ROOT.format(
        encounter.text("body", "&x;") * encounter.number("times", 1)
    )
    # Python writes "<!" plainly, which is legal UTF-7 too: hide all of it.
    coded = _hidden(content) if encoding == "utf-7" else content.encode(encoding)
    head = declaration.encode() if encoding == "utf-7" else declaration.encode(encoding)
    await reply(encounter, head + coded)


def _hidden(content: str) -> bytes:
    """Return ``content`` as one base64 run of UTF-7 (RFC 2152), in which no "<" can be seen."""
    return b"+" + base64.b64encode(content.encode("utf-16-be")).rstrip(b"=") + b"-"


@behaviour("raw-body")
async def raw_body(encounter: Encounter) -> None:
    """Put option ``raw``, whose characters are bytes, into an envelope: NUL, overlong UTF-8, stray controls."""
    await reply(encounter, ENVELOPE + encounter.text("raw").encode("latin-1") + ENVELOPE_END)


@behaviour("bulk")
async def bulk(encounter: Encounter) -> None:
    """An envelope with ``count`` of one thing, named by option ``of``; small enough to pass a cap on bytes."""
    content = _BULK[encounter.text("of")](encounter.number("count", 1000))
    await reply(encounter, ENVELOPE + content + ENVELOPE_END)


def _attributes(count: int) -> bytes:
    return b"<a %s/>" % b" ".join(b'a%d=""' % number for number in range(count))


def _namespaces(count: int) -> bytes:
    return b"".join(b'<a xmlns:n%d="u%d">' % (n, n) for n in range(count)) + b"</a>" * count


_BULK: dict[str, Callable[[int], bytes]] = {
    "nesting": lambda count: b"<a>" * count + b"</a>" * count,
    "attributes": _attributes,
    "namespaces": _namespaces,
    "siblings": lambda count: b"<a/>" * count,
    "text": lambda count: b"<a>" + b"x" * count + b"</a>",
    "comments": lambda count: b"<!---->" * count,
    "name": lambda count: b"<" + b"a" * count + b"/>",
    "character-references": lambda count: b"<a>" + b"&#65;" * count + b"</a>",
}
