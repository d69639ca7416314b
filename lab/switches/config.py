"""A switch's configuration: sections with typed entries, and the lines that make, remove and show them.

Every dialect is a table of :class:`Line`: how a line is typed, how it is undone, how it is shown. What the device does
is read from the entries (``project`` of the dialect), never from text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from lab.switches.grammar import Type, Values

Section = tuple[
    str, Hashable
]  # view and what tells it from others of its kind: ("port", "GigabitEthernet0/0/1")
Entries = dict[tuple[str, Hashable], Values]
Show = Callable[[Values], list[str]]

_PARAMETER = re.compile(r"\{(\w+):[^}]+\}")


class RefusedError(Exception):
    """The device does not take a line; the text is what it says."""


@dataclass
class Config:
    """One configuration. Sections without entries exist too: an empty VLAN is a VLAN."""

    sections: dict[Section, Entries] = field(default_factory=dict)

    def copy(self) -> Config:
        """Return a configuration of its own; values are never changed in place."""
        return Config({section: dict(entries) for section, entries in self.sections.items()})

    def section(self, section: Section) -> Entries:
        """Return a section, made when it is missing."""
        return self.sections.setdefault(section, {})

    def of(self, view: str) -> Iterator[tuple[Any, Entries]]:
        """Yield the sections of a kind, in their order."""
        found = [(ident, entries) for (kind, ident), entries in self.sections.items() if kind == view]
        yield from sorted(found, key=lambda item: _order(item[0]))

    def has(self, section: Section) -> bool:
        """Return whether there is such a section."""
        return section in self.sections

    def get(self, section: Section, name: str, parameter: str | None = None, default: Any = None) -> Any:
        """Return a parameter of the only entry of a name, or whether there is one."""
        values = self.sections.get(section, {}).get((name, ()))
        if parameter is None:
            return values is not None
        return default if values is None else values.get(parameter, default)

    def all(self, section: Section, name: str) -> list[Values]:
        """Return every entry of a name, in the order of their keys."""
        entries = self.sections.get(section, {})
        return [
            entries[key] for key in sorted((k for k in entries if k[0] == name), key=lambda k: _order(k[1]))
        ]


@lru_cache(
    maxsize=1 << 16
)  # the same few hundred ports, lists and networks, sorted after every line that is typed
def _order(ident: Any) -> tuple[Any, ...]:
    parts = ident if isinstance(ident, tuple) else (ident,)
    return tuple(
        tuple(
            (0, int(piece), "") if piece.isdecimal() else (1, 0, piece)
            for piece in re.split(r"(\d+)", str(part))
        )
        for part in parts
    )


@dataclass(frozen=True)
class Line:
    """One kind of configuration line.

    Args:
        name: of the entry.
        views: where it may be typed.
        set: pattern that makes or replaces it.
        undo: patterns that remove it.
        show: how it is shown; by default its pattern with the values. What may be left out has a ``show`` of its own.
        key: parameters that tell several of them apart.
        grows: a set among the parameters that grows by what is typed and shrinks by what is undone.
        guard: called before it is stored; it may refuse or complete the values.
    """

    name: str
    views: tuple[str, ...]
    set: str
    undo: tuple[str, ...] = ()
    show: str | Show | None = None
    key: tuple[str, ...] = ()
    grows: str = ""
    guard: Callable[[Any, Values], Values | None] | None = None

    def shown(self, values: Values, types: Mapping[str, Type]) -> list[str]:
        """Return the lines that an entry is shown as."""
        if callable(self.show):
            return self.show(values)
        template = self.show if self.show is not None else self.set

        def text(found: re.Match[str]) -> str:
            kind = found[0][1:-1].partition(":")[2]
            value = values[found[1]]
            return types[kind].text(value) if kind in types else str(value)

        return [_PARAMETER.sub(text, template)] if template else []

    def made(self, values: Values, *, first: bool) -> bool:
        """Return whether an entry was made by this line, or by a command and this is the ``first`` of its name."""
        return bool(values["_set"] == self.set) if "_set" in values else first

    def identity(self, values: Values) -> tuple[str, Hashable]:
        """Return the key of an entry."""
        return self.name, tuple(values.get(name) for name in self.key)

    def store(self, entries: Entries, values: Values) -> None:
        """Make or replace an entry."""
        identity = self.identity(values)
        values = {**values, "_set": self.set}
        if self.grows and identity in entries:
            values = {**values, self.grows: entries[identity][self.grows] | values[self.grows]}
        entries[identity] = values

    def remove(self, entries: Entries, values: Values) -> bool:
        """Remove what an undo line means; False when there was nothing of it."""
        wanted = [
            identity
            for identity in entries
            if identity[0] == self.name
            and all(values[name] == entries[identity].get(name) for name in self.key if name in values)
        ]
        for identity in wanted:
            left = entries[identity][self.grows] - values[self.grows] if self.grows in values else None
            if left:
                entries[identity] = {**entries[identity], self.grows: left}
            else:
                del entries[identity]
        return bool(wanted)
