"""Read values out of a reply by local name, and write values into a request.

Namespaces are not compared: Axis, Hikvision and cheap firmware disagree on prefixes and some on namespaces, while
local names are unambiguous inside one reply. A missing or malformed value is None, never an exception: a device
that leaves out LocalDateTime or sends ``<Port/>`` still has everything else to say.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape as _escape

from lxml import etree

Element = etree._Element  # noqa: SLF001 - lxml exports no public name for the type


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
    """Return the stripped text at ``path``, empty when there is none."""
    found = child(parent, *path)
    return "" if found is None else (found.text or "").strip()


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
    if value is not None:
        return value
    return next((str(v) for k, v in element.items() if str(k).rpartition("}")[2] == name), "")


def escape(value: str) -> str:
    """Escape ``value`` for an element's text or a quoted attribute."""
    return _escape(value, {'"': "&quot;"})


def flag(value: bool) -> str:
    """Return an xs:boolean."""
    return "true" if value else "false"
