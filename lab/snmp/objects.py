"""What the agents of the lab's devices have: from the device's row of the register and the profile of its vendor.

``profiles/<name>.yml`` is a map of OIDs to values: a whole number, a text, or ``{counter: 5}`` for another type. What follows
from the register (names, ports, which camera hangs where) is put in here.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from lab.snmp.agent import Value
from nanxi.estate import Estate
from nanxi.register.model import Device, Kind, Switch

PROFILES = Path(__file__).parent / "profiles"

#: Profile by kind and vendor; a kind's own where the vendor has none.
_BY_VENDOR = {
    (Kind.SWITCH, "huawei"): "vrp",
    (Kind.SWITCH, "h3c"): "comware",
    (Kind.CAMERA, "hikvision"): "hikvision-camera",
    (Kind.NVR, "hikvision"): "hikvision-nvr",
    (Kind.NVR, "dahua"): "dahua-nvr",
}
_BY_KIND = {Kind.SWITCH: "vrp", Kind.NVR: "dahua-nvr", Kind.HOST: "linux", Kind.CAMERA: "hikvision-camera"}

_IF, _IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"


def profile_of(device: Device) -> str | None:
    """Return the name of a device's profile, None for kinds without an agent."""
    return _BY_VENDOR.get((device.kind, device.vendor)) or _BY_KIND.get(device.kind)


@cache
def profile(name: str) -> dict[str, Value]:
    """Return a profile's objects."""
    raw = yaml.safe_load((PROFILES / f"{name}.yml").read_text("utf-8"))
    return {
        oid: next(iter(value.items())) if isinstance(value, dict) else value for oid, value in raw.items()
    }


def objects_of(device: Device, estate: Estate) -> dict[str, Value]:
    """Return all objects of a device's agent; empty when its kind has none."""
    name = profile_of(device)
    if name is None:
        return {}
    objects = dict(profile(name))
    objects["1.3.6.1.2.1.1.5.0"] = device.host
    if isinstance(device, Switch):
        objects |= _switch(device, estate)
    return objects


def _switch(switch: Switch, estate: Estate) -> dict[str, Value]:
    """Return IF-MIB, the bridge's table and power over Ethernet of a switch with the register's devices plugged in."""
    plugged = {one.switch_port: one for one in estate.devices.values() if one.switch == switch.host}
    objects: dict[str, Value] = {}
    for number in range(1, switch.ports + 1):
        name = f"GigabitEthernet0/0/{number}"
        station = plugged.get(name)
        up = bool(station) or name == switch.uplink
        index = number + 4
        objects |= {
            f"{_IF}.2.{index}": name,
            f"{_IF}.3.{index}": 6,
            f"{_IF}.5.{index}": ("gauge", 1_000_000_000),
            f"{_IF}.6.{index}": bytes([0, 0xE0, 0xFC, 0, switch.serial, number]),
            f"{_IF}.7.{index}": 1,
            f"{_IF}.8.{index}": 1 if up else 2,
            f"{_IF}.9.{index}": ("ticks", 4200),
            f"{_IF}.14.{index}": ("counter", 0),
            f"{_IFX}.1.{index}": name,
            f"{_IFX}.6.{index}": ("counter64", 1_000_000 * number),
            f"{_IFX}.10.{index}": ("counter64", 50_000 * number),
            f"{_IFX}.15.{index}": ("gauge", 1000),
            f"{_IFX}.18.{index}": station.host if station else "",
            f"1.3.6.1.2.1.17.1.4.1.2.{number}": index,
            f"1.3.6.1.2.1.10.7.2.1.19.{index}": 3 if up else 1,
            f"1.3.6.1.4.1.2011.5.25.195.3.1.3.{index}": 1,
            f"1.3.6.1.4.1.2011.5.25.195.3.1.6.{index}": "on" if station else "off",
            f"1.3.6.1.4.1.2011.5.25.195.3.1.10.{index}": 4240 if station else 0,
        }
        if station and station.mac:
            octets = ".".join(str(int(octet, 16)) for octet in station.mac.split("-"))
            objects[f"1.3.6.1.2.1.17.7.1.2.2.1.2.1.{octets}"] = number
    return objects
