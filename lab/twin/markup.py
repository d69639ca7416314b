"""XML text for replies: every value is escaped, only :class:`Xml` goes out as it is.

Replies are text, not trees, because a fleet of 5,286 twins answers on the same two cores that run its clients.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr


class Xml(str):
    """A piece of finished markup."""

    __slots__ = ()


#: What an element may hold, and what an operation answers.
Content = Xml | Sequence["Content"] | None


def el(tag: str, *content: object, **attributes: object) -> Xml:
    """Return ``<tag>content</tag>``; None among the content is skipped, nested iterables are flattened."""
    head = tag + "".join(
        f" {name}={quoteattr(_scalar(value))}" for name, value in attributes.items() if value is not None
    )
    body = "".join(_render(content))
    return Xml(f"<{head}>{body}</{tag}>") if body else Xml(f"<{head}/>")


def opt(tag: str, value: object) -> Xml:
    """Return the element, or nothing when ``value`` is None: an element that firmware leaves out."""
    return Xml("") if value is None else el(tag, value)


def _render(content: Iterable[object]) -> Iterable[str]:
    for item in content:
        if isinstance(item, Xml):
            yield item
        elif isinstance(item, (str, bool, int, float)):
            yield escape(_scalar(item))
        elif isinstance(item, Iterable):
            yield from _render(item)
        elif item is not None:
            raise TypeError(f"{type(item).__name__} has no XML form")


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return f"{value:g}"
    return str(value)
