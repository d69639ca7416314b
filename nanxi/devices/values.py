"""Read values out of a reply by local name, and write values into a request.

Namespaces are not compared: Axis, Hikvision and cheap firmware disagree on prefixes and some on namespaces, while
local names are unambiguous inside one reply. A missing or malformed value is None, never an exception: a device
that leaves out LocalDateTime or sends ``<Port/>`` still has everything else to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.sax.saxutils import escape as _escape

from lxml import etree

Element = etree._Element  # noqa: SLF001 - lxml exports no public name for the type


#: Longest text that is taken from a device, characters. The specification ends a token at 64, a host name at 63.
_LONGEST = 512

#: Line breaks, which forge lines of a log. Other spaces stay: a Chinese text may hold an ideographic one.
_BREAKS = re.compile("[\t-\r\x85\u2028\u2029]+")

#: Terminal commands, and what turns the direction of writing around.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(value: str) -> str:
    """Return what a device said, fit for a terminal, a log and a report: one line without controls, not too long."""
    if value.isprintable() and len(value) <= _LONGEST:
        return value
    shown = _UNFIT.sub("\ufffd", _BREAKS.sub(" ", value[: 2 * _LONGEST]))
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def local_name(element: Element) -> str:
    """Return the element's name without its namespace."""
    return plain(str(element.tag).rpartition("}")[2])


def child(parent: Element | None, *path: str) -> Element | None:
    """Return the first element along ``path`` of local names, None when it ends early."""
    for name in path:
        if parent is None:
            return None
        parent = next(parent.iterchildren("{*}" + name), None)
    return parent


def children(parent: Element | None, name: str) -> Iterator[Element]:
    """Yield the children of that local name."""
    return iter(()) if parent is None else parent.iterchildren("{*}" + name)


def text(parent: Element | None, *path: str) -> str:
    """Return the text at ``path`` as ``plain`` makes it, empty when there is none."""
    found = child(parent, *path)
    return "" if found is None else plain((found.text or "").strip())


def integer(parent: Element | None, *path: str) -> int | None:
    """Return the whole number at ``path``; ``25.0`` counts as 25."""
    value = decimal(parent, *path)
    return None if value is None else int(value)


def decimal(parent: Element | None, *path: str) -> float | None:
    """Return the number at ``path``; NaN and infinity are malformed."""
    return to_float(text(parent, *path))


def to_float(value: str) -> float | None:
    """Return ``value`` as a finite number, None when it is none."""
    try:
        number = float(value)
    except ValueError:
        return None
    return number if abs(number) < 1e18 else None


def boolean(parent: Element | None, *path: str) -> bool | None:
    """Return the xs:boolean at ``path``; ``True`` and ``1`` are seen in the field."""
    return {"true": True, "1": True, "false": False, "0": False}.get(text(parent, *path).lower())


def attribute(element: Element, name: str) -> str:
    """Return an attribute by local name; some firmware qualifies ``token``."""
    value = element.get(name)
    if value is None:
        value = next((str(v) for k, v in element.items() if str(k).rpartition("}")[2] == name), "")
    return plain(value)


def escape(value: str) -> str:
    """Escape ``value`` for an element's text or a quoted attribute."""
    return _escape(value, {'"': "&quot;"})


def flag(value: bool) -> str:
    """Return an xs:boolean."""
    return "true" if value else "false"


def normal_mac(value: str) -> str:
    """Return XX-XX-XX-XX-XX-XX (GB/T 28181-2022); Pelco writes it without separators."""
    digits = "".join(c for c in value if c.isalnum()).upper()
    return "-".join(digits[i : i + 2] for i in range(0, 12, 2)) if len(digits) == 12 else value
