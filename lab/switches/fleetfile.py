"""The fleet file of switches (``inventory/<county>/switches.yml``) and the register: which twins there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from lab.switches.fleet import Order
from lab.switches.profile import QUIRKS, build_profile, profile_of_platform
from lab.twin.strict import Strict
from nanxi.county.addresses import gateway
from nanxi.county.model import Addressing
from nanxi.findings import Finding, InputError
from nanxi.register.model import Device, Switch


class SwitchEntry(Strict):
    """What differs for one switch."""

    profile: str = Field(default="", description="another one than the platform's")
    quirks: tuple[str, ...] = ()
    traits: dict[str, Any] = Field(default_factory=dict, description="laid over profile and quirks")
    uplink_matters: bool = Field(
        default=True, description="it answers only while its uplink carries the management VLAN"
    )
    why: str = Field(default="", description="what the entry is there for")


class SwitchFleet(Strict):
    """All of the file."""

    user: str = "admin"
    password: str = Field(default="Switch-2008", description="of the account at delivery")
    controller: IPv4Address | None = Field(default=None, description="what clients on loopback count as")
    switches: dict[str, SwitchEntry] = Field(default_factory=dict)

    def entry(self, host: str) -> SwitchEntry:
        """Return what the file says of one switch."""
        return self.switches.get(host, SwitchEntry())


def read_switch_file(path: Path, devices: Mapping[str, Device]) -> SwitchFleet:
    """Return a fleet file's content.

    Raises:
        InputError: with every mistake: unknown fields, hosts, profiles and quirks, traits that do not fit.
    """
    try:
        fleet = SwitchFleet.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
    except ValidationError as error:
        raise InputError(_explain(path, (), error)) from None
    if findings := list(_mistakes(path, fleet, devices)):
        raise InputError(findings)
    return fleet


def orders(devices: Mapping[str, Device], addressing: Addressing, fleet: SwitchFleet) -> list[Order]:
    """Return one order for each switch of the register that has an address and is spoken to."""
    return [
        _order(device, addressing, fleet)
        for device in devices.values()
        if isinstance(device, Switch) and device.driver == "switch" and device.ipv4 is not None
    ]


def _order(device: Switch, addressing: Addressing, fleet: SwitchFleet) -> Order:
    assert device.ipv4 is not None
    entry = fleet.entry(device.host)
    vlans = {zone.key: zone.vlan for zone in addressing.zones}
    blocks = addressing.blocks.get(device.unit, {})
    own = ((key, block) for key, block in blocks.items() if device.ipv4 in block)
    zone, block = next(own, ("", IPv4Network(f"{device.ipv4}/24", strict=False)))
    return Order(
        host=device.host,
        platform=device.platform,
        address=IPv4Interface((device.ipv4, block.prefixlen)),
        gateway=gateway(block),
        port=22,
        ports=device.ports,
        uplink=device.uplink,
        uplink_matters=entry.uplink_matters,
        vlan=vlans.get(zone, 1),
        user=fleet.user,
        password=fleet.password,
        controller=fleet.controller,
        profile=entry.profile,
        quirks=entry.quirks,
        traits=entry.traits,
    )


def _mistakes(path: Path, fleet: SwitchFleet, devices: Mapping[str, Device]) -> Iterator[Finding]:
    for host, entry in fleet.switches.items():
        device = devices.get(host)
        if not isinstance(device, Switch):
            yield _finding(
                path, f"switches.{host}", host, "no such switch in the register", "correct or remove it"
            )
            continue
        try:
            build_profile(entry.profile or profile_of_platform(device.platform), entry.quirks, entry.traits)
        except FileNotFoundError as error:
            name = Path(str(error.filename))
            what = f"no such {'quirk' if name.parent == QUIRKS else 'profile'}"
            yield _finding(path, f"switches.{host}", name.stem, what, f"see {name.parent.name}/")
        except ValidationError as error:
            yield from _explain(path, ("switches", host), error)


def _explain(path: Path, above: tuple[str, ...], error: ValidationError) -> Iterator[Finding]:
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in (*above, *one["loc"]))
        yield _finding(path, place, "", one["msg"], "")


def _finding(path: Path, place: str, found: str, problem: str, remedy: str) -> Finding:
    return Finding(str(path), 0, place, found, problem, remedy, "fleet")
