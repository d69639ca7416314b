"""Where a document and the twin's settings hold the same truth: what is told, and what becomes of a write.

A binding's ``show`` fills a document before it is told; its ``take`` reads one that was written. What neither touches
is the document's own.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from lab.twin.isapi.tree import Element
from lab.twin.twin import Twin

Show = Callable[[Twin, Element, int], None]


@dataclass(frozen=True, slots=True)
class Binding:
    """``resource`` is a pattern whose group, if it has one, is the channel."""

    resource: re.Pattern[str]
    show: Show
    take: Show


BINDINGS: list[Binding] = []


def bind(pattern: str, show: Show, take: Show) -> None:
    """Register a binding."""
    BINDINGS.append(Binding(re.compile(pattern), show, take))


def show(twin: Twin, resource: str, root: Element) -> None:
    """Fill a document from the settings."""
    for binding in BINDINGS:
        if match := binding.resource.fullmatch(resource):
            binding.show(twin, root, _channel(match))


def take(twin: Twin, resource: str, root: Element) -> None:
    """Write to the settings what a document says.

    Raises:
        Problem: the device refuses a value.
    """
    for binding in BINDINGS:
        if match := binding.resource.fullmatch(resource):
            binding.take(twin, root, _channel(match))


def _channel(match: re.Match[str]) -> int:
    return int(match[1]) if match.re.groups else 0
