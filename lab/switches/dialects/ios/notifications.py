"""The kinds of notifications that IOS's SNMP agent itself sends (``snmp-server enable traps snmp``)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from lab.switches.grammar import Token

#: In the order in which IOS shows them.
KINDS = ("authentication", "linkdown", "linkup", "coldstart", "warmstart")


class Kinds:
    """Some of them, one word each."""

    def parse(self, words: Sequence[Token], line: str) -> tuple[frozenset[str], int] | None:
        """Take every word that is one."""
        del line
        found = list(takewhile(KINDS.__contains__, (word.text for word in words)))
        return (frozenset(found), len(found)) if found else None

    def text(self, value: Iterable[str]) -> str:
        """Return them in IOS's order."""
        return " ".join(sorted(value, key=KINDS.index))
