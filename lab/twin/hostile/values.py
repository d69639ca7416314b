"""A valid reply with something in it that no camera should say: the honest answer, altered."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape

from lab.twin.hostile.registry import Encounter, behaviour
from lab.twin.hostile.wire import OK, SOAP, reply


def _honest(encounter: Encounter) -> tuple[bytes, list[bytes], str]:
    """Return status line, headers and body of the honest answer: refusals keep their challenges."""
    response = encounter.honest()
    assert isinstance(response.body, bytes)
    kept = [
        f"{name}: {value}\r\n".encode()
        for name, value in response.headers.items()
        if name.lower() in ("content-type", "www-authenticate", "date")
    ]
    status = OK if response.status == 200 else b"HTTP/1.1 %d Refused\r\n" % response.status
    return status, kept, response.body.decode()


@behaviour("value")
async def value(encounter: Encounter) -> None:
    """Every element whose local name is option ``element`` holds option ``text``, ``times`` times over."""
    status, headers, body = _honest(encounter)
    text = escape(encounter.text("text") * encounter.number("times", 1))
    pattern = rf"(<(?:\w+:)?{encounter.text('element')}(?: [^>]*)?)(?:/>|>[^<]*(?=</))"
    await reply(
        encounter, re.sub(pattern, lambda found: f"{found[1]}>{text}", body).encode(), *headers, status=status
    )


@behaviour("attribute")
async def attribute(encounter: Encounter) -> None:
    """Every attribute whose name is option ``attribute`` holds option ``text``, ``times`` times over."""
    status, headers, body = _honest(encounter)
    text = escape(encounter.text("text") * encounter.number("times", 1), {'"': "&quot;"})
    pattern = rf'( {encounter.text("attribute")}=")[^"]*'
    await reply(
        encounter, re.sub(pattern, lambda found: f"{found[1]}{text}", body).encode(), *headers, status=status
    )


@behaviour("rewrite")
async def rewrite(encounter: Encounter) -> None:
    """Replace option ``pattern``, a regular expression, by option ``by`` in the honest answer."""
    status, headers, body = _honest(encounter)
    altered = re.sub(encounter.text("pattern"), encounter.text("by"), body)
    await reply(encounter, altered.encode(), *headers, status=status)


@behaviour("multiply")
async def multiply(encounter: Encounter) -> None:
    """The first element whose local name is option ``element`` comes ``times`` times: 10,000 profiles, users, texts."""
    status, headers, body = _honest(encounter)
    element, times = encounter.text("element"), encounter.number("times", 1000)
    found = re.search(rf"<((?:\w+:)?{element})[ >].*?</\1>", body, re.DOTALL)
    if found:
        body = body[: found.start()] + found[0] * times + body[found.end() :]
    await reply(encounter, body.encode(), *headers, status=status)


@behaviour("fault")
async def fault(encounter: Encounter) -> None:
    """A SOAP fault with option ``reason``, ``times`` times over, and ``depth`` subcodes; HTTP status by ``status``.

    What a device writes here ends up on an operator's screen and in a log.
    """
    reason = escape(encounter.text("reason") * encounter.number("times", 1))
    depth = encounter.number("depth", 1)
    name = encounter.text("subcode", "ter:Action") * encounter.number("subcode_times", 1)
    subcode = f"<e:Subcode><e:Value>{escape(name)}</e:Value>"
    body = (
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:ter="http://www.onvif.org/ver10/error">'
        "<e:Body><e:Fault><e:Code><e:Value>e:Receiver</e:Value>"
        f"{subcode * depth}{'</e:Subcode>' * depth}</e:Code>"
        f'<e:Reason><e:Text xml:lang="en">{reason}</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>'
    )
    status = b"HTTP/1.1 %d Fault\r\n" % encounter.number("status", 500)
    await reply(encounter, body.encode(), SOAP, status=status)
