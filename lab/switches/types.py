"""Kinds of parameters that every dialect has, each writing them its own way."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError
from typing import Any, Literal

from lab.switches.grammar import Token


class Word:
    """One word, whatever it is."""

    def parse(self, words: Sequence[Token], line: str) -> tuple[str, int] | None:
        """Take one word."""
        del line
        return words[0].text, 1

    def text(self, value: str) -> str:
        """Return it as it was."""
        return value


class Name(Word):
    """One word that begins with a letter, so that nobody takes it for a number."""

    def parse(self, words: Sequence[Token], line: str) -> tuple[str, int] | None:
        """Take one word."""
        return super().parse(words, line) if words[0].text[0].isalpha() else None


class Rest:
    """The rest of the line, spaces and all."""

    def parse(self, words: Sequence[Token], line: str) -> tuple[str, int] | None:
        """Take every word."""
        return line[words[0].column :].rstrip(), len(words)

    def text(self, value: str) -> str:
        """Return it as it was."""
        return value


class Address:
    """An IPv4 address."""

    def parse(self, words: Sequence[Token], line: str) -> tuple[IPv4Address, int] | None:
        """Take one word."""
        del line
        try:
            return IPv4Address(words[0].text), 1
        except AddressValueError:
            return None

    def text(self, value: IPv4Address) -> str:
        """Return it dotted."""
        return str(value)


@dataclass(frozen=True)
class Mask:
    """A network mask, as a length; Huawei and H3C take a length too."""

    takes_length: bool

    def parse(self, words: Sequence[Token], line: str) -> tuple[int, int] | None:
        """Take one word."""
        del line
        word = words[0].text
        if word.isdecimal():
            return (int(word), 1) if self.takes_length and int(word) <= 32 else None
        try:
            return IPv4Network(f"0.0.0.0/{IPv4Address(word)}").prefixlen, 1
        except (AddressValueError, NetmaskValueError, ValueError):
            return None

    def text(self, value: int) -> str:
        """Return it dotted."""
        return str(IPv4Network((0, value)).netmask)


class MaskLength(Mask):
    """A network mask that is shown as its length."""

    def __init__(self) -> None:
        super().__init__(takes_length=True)

    def text(self, value: int) -> str:
        """Return the length."""
        return str(value)


@dataclass(frozen=True)
class Mac:
    """A MAC address; kept as ``aa:bb:cc:dd:ee:ff``, written in groups of four digits."""

    separator: Literal["-", "."]

    def parse(self, words: Sequence[Token], line: str) -> tuple[str, int] | None:
        """Take one word; groups may leave leading zeros out."""
        del line
        groups = words[0].text.lower().split(self.separator)
        if len(groups) != 3 or not all(re.fullmatch(r"[0-9a-f]{1,4}", group) for group in groups):
            return None
        digits = "".join(group.zfill(4) for group in groups)
        return ":".join(digits[at : at + 2] for at in range(0, 12, 2)), 1

    def text(self, value: str) -> str:
        """Return it in groups."""
        digits = value.replace(":", "")
        return self.separator.join(digits[at : at + 4] for at in (0, 4, 8))


def ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return numbers as first and last of each run."""
    runs: list[tuple[int, int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs


class VlanWords:
    """VLANs as Huawei and H3C write them: ``10 20 to 30``, ten runs at most, or ``all``."""

    def parse(self, words: Sequence[Token], line: str) -> tuple[frozenset[int], int] | None:
        """Take as many words as belong together."""
        del line
        texts = [word.text.lower() for word in words]
        if texts[0] == "all":
            return frozenset(range(1, 4095)), 1
        found: set[int] = set()
        at = runs = 0
        while at < len(texts) and texts[at].isdecimal() and runs < 10:
            low = high = int(texts[at])
            at += 1
            if at + 1 < len(texts) and texts[at] == "to" and texts[at + 1].isdecimal():
                high = int(texts[at + 1])
                at += 2
            if not 1 <= low <= high <= 4094:
                return None
            found.update(range(low, high + 1))
            runs += 1
        return (frozenset(found), at) if found else None

    def text(self, value: Iterable[int]) -> str:
        """Return runs; two neighbours are a run too."""
        return " ".join(str(low) if low == high else f"{low} to {high}" for low, high in ranges(value))


@dataclass(frozen=True)
class VlanList:
    """VLANs as Cisco and Ruijie write them: ``10,20-30`` in one word; Cisco writes two neighbours one by one."""

    joins_pairs: bool = False

    def parse(self, words: Sequence[Token], line: str) -> tuple[frozenset[int], int] | None:
        """Take one word."""
        del line
        found: set[int] = set()
        for part in words[0].text.split(","):
            low, _, high = part.partition("-")
            if not low.isdecimal() or (high and not high.isdecimal()):
                return None
            if not 1 <= int(low) <= int(high or low) <= 4094:
                return None
            found.update(range(int(low), int(high or low) + 1))
        return frozenset(found), 1

    def text(self, value: Iterable[int]) -> str:
        """Return runs."""
        parts = []
        for low, high in ranges(value):
            joined = high > low + 1 or (high > low and self.joins_pairs)
            parts += [f"{low}-{high}"] if joined else sorted({low, high})
        return ",".join(map(str, parts))


@dataclass(frozen=True)
class PortName:
    """A port that the switch has; ``gi0/0/1`` and ``GigabitEthernet 0/0/1`` are one. ``shorts``: type -> short form."""

    names: tuple[str, ...]
    shorts: tuple[tuple[str, str], ...] = ()

    def parse(self, words: Sequence[Token], line: str) -> tuple[str, int] | None:
        """Take one word or, with a space before the number, two."""
        del line
        letters, number = _split(words[0].text)
        taken = 1
        if letters and not number and len(words) > 1:
            number, taken = words[1].text, 2
        for name in self.names:
            kind, own = _split(name)
            if (
                own == number
                and letters
                and (kind.lower().startswith(letters.lower()) or self._short(kind, letters))
            ):
                return name, taken
        return None

    def text(self, value: str) -> str:
        """Return its full name."""
        return value

    def brief(self, name: str) -> str:
        """Return its short name, as tables have it."""
        kind, number = _split(name)
        return f"{dict(self.shorts).get(kind, kind)}{number}"

    def _short(self, kind: str, letters: str) -> bool:
        return dict(self.shorts).get(kind, "").lower() == letters.lower()


def _split(name: str) -> tuple[str, str]:
    found = re.fullmatch(r"([A-Za-z-]*) ?([\d/.]*)", name)
    return (found[1], found[2]) if found else ("", "")


@dataclass(frozen=True)
class PortRange:
    """Ports as ``gi1/0/1 - 4, gi1/0/7``; spaces do not matter."""

    port: PortName

    def parse(self, words: Sequence[Token], line: str) -> tuple[tuple[str, ...], int] | None:
        """Take every word."""
        del line
        found: list[str] = []
        for part in "".join(word.text for word in words).split(","):
            first, _, last = part.partition("-")
            start = self.port.parse([Token(first, 0)], first)
            if start is None or (last and not last.isdecimal()):
                return None
            stem, number = re.fullmatch(r"(.*?)(\d+)", start[0]).groups()  # type: ignore[union-attr]
            names = [f"{stem}{n}" for n in range(int(number), int(last or number) + 1)]
            if not names or not set(names) <= set(self.port.names):
                return None
            found += names
        return tuple(found), len(words)

    def text(self, value: Iterable[str]) -> str:
        """Return the names."""
        return ", ".join(value)


class Level:
    """A share of a port's bandwidth, per cent, shown with two decimals."""

    def parse(self, words: Sequence[Token], line: str) -> tuple[float, int] | None:
        """Take one word."""
        del line
        word = words[0].text
        return (float(word), 1) if re.fullmatch(r"\d{1,3}(\.\d{1,2})?", word) and float(word) <= 100 else None

    def text(self, value: float) -> str:
        """Return two decimals."""
        return f"{value:.2f}"


@dataclass(frozen=True)
class VlanInterface:
    """The interface of a VLAN: ``Vlanif10``, ``Vlan-interface 10``, ``Vlan 10``; the value is the VLAN."""

    name: str
    spaced: bool = False

    def parse(self, words: Sequence[Token], line: str) -> tuple[int, int] | None:
        """Take one word or two."""
        del line
        letters, number = _split(words[0].text)
        taken = 1
        if letters and not number and len(words) > 1:
            number, taken = words[1].text, 2
        fits = len(letters) > 1 and self.name.lower().startswith(letters.lower()) and number.isdecimal()
        return (int(number), taken) if fits and 1 <= int(number) <= 4094 else None

    def text(self, value: int) -> str:
        """Return its full name."""
        return f"{self.name} {value}" if self.spaced else f"{self.name}{value}"


@dataclass(frozen=True)
class Secret:
    """A password: what was typed is kept as a salted hash behind ``prefix``; a hash is kept as it is."""

    prefix: str

    def parse(self, words: Sequence[Token], line: str) -> tuple[str, int] | None:
        """Take one word."""
        del line
        word = words[0].text
        return (word if word.startswith(self.prefix) else hashed(self.prefix, word)), 1

    def text(self, value: str) -> str:
        """Return the hash."""
        return value


def hashed(prefix: str, password: str, salt: str | None = None) -> str:
    """Return the text that a device shows for a password."""
    salt = salt or secrets.token_hex(4)
    return f"{prefix}{salt}${hashlib.sha256(f'{salt}{password}'.encode()).hexdigest()[:32]}"


def opens(shown: str, password: str) -> bool:
    """Return whether a password is the one behind a hash; a text without one is the password itself."""
    found = re.fullmatch(r"(.*?)([0-9a-f]{8})\$[0-9a-f]{32}", shown)
    return shown == password or (found is not None and hashed(found[1], password, found[2]) == shown)


COMMON: dict[str, Any] = {"word": Word(), "name": Name(), "text": Rest(), "ip": Address()}
