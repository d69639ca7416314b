"""Which row of the register a device is: by MAC, maker's serial number, code and address (pure)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from nanxi.discovery.area import Area
from nanxi.discovery.model import Found, Match, Verdict, Way, remark
from nanxi.register.model import Camera, Device, State

#: Drivers whose devices a search can hear.
_AUDIBLE = frozenset({"onvif", "isapi"})


def match_all(devices: Mapping[str, Device], found: Iterable[Found], area: Area) -> tuple[Match, ...]:
    """Return what every found device is, in the order of addresses, then the rows that nothing answered for.

    Rows that are retired count no more: their address, MAC and serial number are free again.

    Args:
        devices: the register.
        found: what a search of ``area`` found.
        area: a row whose address lies outside was not searched for, so it is not silent.
    """
    rows = _Rows(device for device in devices.values() if device.state is not State.RETIRED)
    matches = _doubles([rows.match(one) for one in sorted(found, key=lambda one: one.address)])
    answered = {match.host for match in matches if match.host}
    silent = [
        Match(Verdict.SILENT, device.host)
        for device in devices.values()
        if is_expected(device) and device.ipv4 in area and device.host not in answered
    ]
    return (*matches, *silent)


def is_expected(device: Device) -> bool:
    """Return whether a device of the register should answer a search at an address of its own."""
    behind_encoder = isinstance(device, Camera) and bool(device.encoder)
    return device.touchable and device.driver in _AUDIBLE and not behind_encoder


class _Rows:
    """The rows of the register by everything that a device may show."""

    def __init__(self, devices: Iterable[Device]) -> None:
        self._rows: dict[str, Device] = {}
        self._hosts: dict[tuple[Way, str], str] = {}
        for device in devices:
            self._rows[device.host] = device
            self._hosts |= dict.fromkeys(_keys(device), device.host)

    def match(self, found: Found) -> Match:
        at = self._hosts.get((Way.ADDRESS, str(found.address)), "")
        named = {way: host for way, key in _shown(found) if (host := self._hosts.get((way, key)))}
        claimed = set(named.values())
        if len(claimed) > 1:
            rows = [f"{way}={host}" for way, host in named.items()]
            return Match(Verdict.CONFLICT, "", found, frozenset(named), (remark("two-rows", rows=rows),))
        host = next(iter(claimed), at)
        if not host:
            return Match(Verdict.UNKNOWN, "", found)
        ways = frozenset({*named, *((Way.ADDRESS,) if host == at else ())})
        conflicts = [
            remark("differs", way=way, host=host, register=wanted, device=shown)
            for way, wanted, shown in _told_twice(self._rows[host], found)
            if wanted and shown and wanted != shown
        ]
        if at and at != host:
            conflicts.insert(0, remark("address-of-other", ways=sorted(named), host=host, other=at))
        if conflicts:
            # Where only the address speaks for a row, and what the device shows against it, another one stands there.
            there = "" if ways == {Way.ADDRESS} else host
            return Match(Verdict.CONFLICT, there, found, ways, tuple(conflicts))
        return Match(Verdict.KNOWN if host == at else Verdict.MOVED, host, found, ways)


def _doubles(matches: list[Match]) -> list[Match]:
    """Turn devices that claim the same row into conflicts: a copied identity, or a device with two addresses."""
    claims: dict[str, list[Match]] = defaultdict(list)
    for match in matches:
        if match.host:
            claims[match.host].append(match)
    return [_contested(match, claims.get(match.host, [])) for match in matches]


def _contested(match: Match, claims: list[Match]) -> Match:
    others = [str(one.found.address) for one in claims if one is not match and one.found]
    if not others:
        return match
    said = remark("answers-twice", host=match.host, others=others)
    return replace(match, verdict=Verdict.CONFLICT, conflicts=(*match.conflicts, said))


def _keys(device: Device) -> Iterator[tuple[Way, str]]:
    if device.mac:
        yield Way.MAC, device.mac
    if device.serial_number:
        yield Way.SERIAL, device.serial_number.upper()
    yield Way.CODE, device.code
    if device.original_code:
        yield Way.CODE, device.original_code
    if device.ipv4 is not None:
        yield Way.ADDRESS, str(device.ipv4)


def _shown(found: Found) -> Iterator[tuple[Way, str]]:
    """Yield what tells who a device is; where it stands is no part of it."""
    yield Way.MAC, found.mac
    yield Way.SERIAL, found.serial_number.upper()
    yield from ((Way.CODE, code) for code in found.codes)


def _told_twice(row: Device, found: Found) -> tuple[tuple[Way, str, str], ...]:
    return (
        (Way.MAC, row.mac, found.mac),
        (Way.SERIAL, row.serial_number.upper(), found.serial_number.upper()),
    )
