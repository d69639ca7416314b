"""What a search finds, and what it means beside the register."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should know: a key of ``nanxi.discovery.words.REMARKS`` and what goes into its sentence."""

    key: str
    about: tuple[tuple[str, str], ...] = ()


def remark(key: str, **about: object) -> Remark:
    """Return a remark; a list becomes its items with commas."""
    texts = (
        (name, ", ".join(map(str, v)) if isinstance(v, list | tuple) else str(v)) for name, v in about.items()
    )
    return Remark(key, tuple(texts))


class Speaks(StrEnum):
    """What a device was heard to speak."""

    WS_DISCOVERY = "ws-discovery"
    ONVIF = "onvif"
    ISAPI = "isapi"
    HTTP = "http"  # a web server, and nothing that we know


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered. Its address is where it answered from, never where it says it is (D4)."""

    address: IPv4Address
    port: int | None = None  # of its web server; None: only WS-Discovery answered
    speaks: frozenset[Speaks] = frozenset()
    mac: str = ""  # XX-XX-XX-XX-XX-XX
    serial_number: str = ""
    vendor: str = ""
    model: str = ""
    name: str = ""
    codes: tuple[str, ...] = ()  # device codes of this county that it tells
    recorder: bool = False
    notes: tuple[Remark, ...] = ()


class Way(StrEnum):
    """How a device was matched to a row of the register."""

    MAC = "mac"
    SERIAL = "serial_number"
    CODE = "code"
    ADDRESS = "address"


class Verdict(StrEnum):
    """What a device is beside the register."""

    KNOWN = "known"
    MOVED = "moved"  # known, at another address than the register's
    UNKNOWN = "unknown"
    SILENT = "silent"  # of the register, and nothing answered
    CONFLICT = "conflict"  # what it shows contradicts the register, or itself


@dataclass(frozen=True, slots=True)
class Match:
    """One device or one row. ``host`` is empty for an unknown device, ``found`` is None for a silent one."""

    verdict: Verdict
    host: str = ""
    found: Found | None = None
    ways: frozenset[Way] = frozenset()
    conflicts: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole search: how many addresses were asked, every device and row, and what was odd on the way."""

    searched: int
    matches: tuple[Match, ...]
    notes: tuple[Remark, ...] = ()

    @property
    def counts(self) -> dict[Verdict, int]:
        """How many devices and rows got each verdict."""
        return {verdict: sum(one.verdict is verdict for one in self.matches) for verdict in Verdict}

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing for a person to do: every device is known, every row answered, nothing was odd."""
        return not self.notes and all(one.verdict is Verdict.KNOWN for one in self.matches)
