"""The whole search: ask, listen, look, sign in where a person has a password, and compare with the register."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network

from nanxi.county.addresses import usable
from nanxi.devices.driver import Credential, Target
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.state import DeviceState
from nanxi.discovery.area import Area
from nanxi.discovery.compose import compose, signed_in
from nanxi.discovery.identify import Errand, identify
from nanxi.discovery.listen import Listener
from nanxi.discovery.match import match_all
from nanxi.discovery.model import Found, Report, Speaks, Verdict, remark
from nanxi.discovery.neighbours import read_neighbours
from nanxi.discovery.sweep import Pace, sweep
from nanxi.register.model import Device

#: How long answers to the last probe may take, seconds: APP_MAX_DELAY of WS-Discovery is half a second.
_LAST_ANSWERS_S = 1.5


@dataclass(frozen=True, slots=True)
class Passwords:
    """What a person lets the search sign in with.

    ``errands`` are the register's devices with their own credentials, by address, or why one has none; ``stranger``
    is tried once on each device that stands where the register has nobody.
    """

    guard: LockoutGuard
    errands: Mapping[IPv4Address, Errand | str] = field(default_factory=dict)
    stranger: Credential | None = None


async def search(
    devices: Mapping[str, Device],
    area: Area,
    civil_code: str,
    *,
    ports: Iterable[int] = (80,),
    pace: Pace | None = None,
    passwords: Passwords | None = None,
    progress: Callable[[], None] = lambda: None,
) -> Report:
    """Return every device in the area beside the register. Nothing is written to any device.

    Args:
        devices: the register.
        area: the addresses that may be asked.
        civil_code: digits with which the county's device codes begin.
        ports: HTTP ports to try beside the one that the register has for an address.
        pace: how hard to knock.
        passwords: to read identities signed in; None asks only what anybody may ask.
        progress: called once for each address.
    """
    doors = _doors(devices, area, tuple(ports))
    listener = Listener(area)
    await listener.open()
    wires = [wire for block in _whole_blocks(area) if (wire := await listener.ask_all(block)) is not None]
    try:
        faces = await sweep(doors, pace or Pace(), knock=listener.ask, progress=progress)
        await asyncio.sleep(_LAST_ANSWERS_S)
    finally:
        for wire in wires:
            wire.close()
        listener.close()
    neighbours = read_neighbours()
    found = [
        compose(
            address,
            advert=listener.heard.get(address),
            door=faces.get(address),
            neighbour=neighbours.get(address, ""),
            civil_code=civil_code,
            tried=doors[address],
            sent=listener.sent[address],
        )
        for address in sorted({*listener.heard, *faces})
    ]
    if passwords is not None:
        # A device that shows another MAC than its row is somebody else: it gets no answer to its challenge.
        contested = {
            match.found.address
            for match in match_all(devices, found, area)
            if match.found and match.verdict is Verdict.CONFLICT
        }
        registered = {device.ipv4 for device in devices.values()}
        errands = {
            one.address: passwords.errands.get(one.address)
            if one.address in registered
            else _stranger(one, passwords.stranger)
            for one in found
            if one.address not in contested
        }
        told = await identify(errands, passwords.guard)
        found = [_with(one, told.get(one.address), civil_code) for one in found]
    return Report(len(area), match_all(devices, found, area), tuple(listener.remarks()))


def _doors(
    devices: Mapping[str, Device], area: Area, ports: tuple[int, ...]
) -> dict[IPv4Address, tuple[int, ...]]:
    registered = {device.ipv4: device.http_port for device in devices.values() if device.ipv4 is not None}
    first = {address: (registered[address],) if address in registered else () for address in area}
    return {address: tuple(dict.fromkeys((*own, *ports))) for address, own in first.items()}


def _whole_blocks(area: Area) -> list[IPv4Network]:
    """Return the blocks that are searched as a whole; multicast would also wake the rest of one that is not."""
    searched = Counter(segment.block for segment in area.values())
    return [block for block, number in searched.items() if number == usable(block)]


def _stranger(found: Found, credential: Credential | None) -> Errand | None:
    driver = next((str(one) for one in (Speaks.ONVIF, Speaks.ISAPI) if one in found.speaks), "")
    if credential is None or found.port is None or not driver:
        return None
    target = Target(
        host=str(found.address),
        address=found.address,
        http_port=found.port,
        rtsp_port=554,
        vendor=found.vendor,
        model=found.model,
        credentials=(credential,),
        passwords={},
        may_write=False,
    )
    return Errand(target, driver)


def _with(found: Found, told: DeviceState | str | None, civil_code: str) -> Found:
    if told is None:
        return found
    if isinstance(told, str):
        return replace(found, notes=(*found.notes, remark("not-signed-in", why=told)))
    return signed_in(found, told, civil_code)
