"""What an access switch tells of its ports by SNMP, from what it is doing now (pure): IF-MIB, Q-BRIDGE-MIB, PoE, light."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from lab.snmp.agent import Value
from lab.switches.dataplane import Learned

_IF, _IFX = "1.3.6.1.2.1.2.2.1", "1.3.6.1.2.1.31.1.1.1"
_DUPLEX = "1.3.6.1.2.1.10.7.2.1.19"
_BASE_PORT, _Q_BRIDGE = "1.3.6.1.2.1.17.1.4.1.2", "1.3.6.1.2.1.17.7.1.2.2.1.2"
_PETH, _PETH_MAIN = "1.3.6.1.2.1.105.1.1.1", "1.3.6.1.2.1.105.1.3.1.1"
_HUAWEI_POE = "1.3.6.1.4.1.2011.5.25.195.3.1"
#: What a camera draws, in mW, and what the switch has for all, in W.
_CAMERA_MW, _BUDGET_W = 4240, 370
_GIGABIT = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Port:
    """One port. ``turned`` is when its link last came or went, in hundredths of a second since the start."""

    name: str
    admin_up: bool
    link: bool
    turned: int = 0
    counters: Mapping[str, int] | None = None


def tables(
    ports: Iterable[Port],
    learned: Iterable[Learned],
    powered: Collection[str],
    mac: bytes,
    *,
    first_index: int,
    huawei: bool,
) -> dict[str, Value]:
    """Return the objects of all ports.

    Args:
        ports: in the order of their numbers.
        learned: the MAC address table.
        powered: ports from which a camera takes its power, by their names.
        mac: of the switch; its last octet counts up with the ports.
        first_index: ifIndex of the first port.
        huawei: PoE by Huawei's own table instead of RFC 3621.
    """
    numbers: dict[str, int] = {}
    objects: dict[str, Value] = {}
    drawing = 0
    for number, port in enumerate(ports, 1):
        numbers[port.name] = number
        feeds = port.link and port.name in powered
        drawing += feeds
        index = number + first_index - 1
        objects |= _interface(index, port, bytes([*mac[:5], (mac[5] + number) % 256]))
        objects[f"{_BASE_PORT}.{number}"] = index
        objects |= _huawei_poe(index, port, feeds=feeds) if huawei else _poe(number, port, feeds=feeds)
    if not huawei:
        objects |= {
            f"{_PETH_MAIN}.2.1": ("gauge", _BUDGET_W),
            f"{_PETH_MAIN}.4.1": ("gauge", drawing * _CAMERA_MW // 1000),
        }
    for station in learned:
        if number := numbers.get(station.port, 0):
            octets = ".".join(str(int(octet, 16)) for octet in station.mac.split(":"))
            objects[f"{_Q_BRIDGE}.{station.vlan}.{octets}"] = number
    return objects


def _interface(index: int, port: Port, mac: bytes) -> dict[str, Value]:
    counted = port.counters or {}
    return {
        f"{_IF}.2.{index}": port.name,
        f"{_IF}.3.{index}": 6,
        f"{_IF}.5.{index}": ("gauge", _GIGABIT if port.link else 0),
        f"{_IF}.6.{index}": mac,
        f"{_IF}.7.{index}": 1 if port.admin_up else 2,
        f"{_IF}.8.{index}": 1 if port.link else 2,
        f"{_IF}.9.{index}": ("ticks", port.turned),
        f"{_IF}.13.{index}": ("counter", _narrow(counted.get("rx_dropped", 0))),
        f"{_IF}.14.{index}": ("counter", _narrow(counted.get("rx_errors", 0))),
        f"{_IF}.19.{index}": ("counter", _narrow(counted.get("tx_dropped", 0))),
        f"{_IF}.20.{index}": ("counter", _narrow(counted.get("tx_errors", 0))),
        f"{_IFX}.1.{index}": port.name,
        f"{_IFX}.6.{index}": ("counter64", counted.get("rx_bytes", 0)),
        f"{_IFX}.10.{index}": ("counter64", counted.get("tx_bytes", 0)),
        f"{_IFX}.15.{index}": ("gauge", 1000 if port.link else 0),
        f"{_DUPLEX}.{index}": 3 if port.link else 1,
    }


def _huawei_poe(index: int, port: Port, *, feeds: bool) -> dict[str, Value]:
    return {
        f"{_HUAWEI_POE}.3.{index}": 1 if port.admin_up else 2,
        f"{_HUAWEI_POE}.6.{index}": "on" if feeds else "off",
        f"{_HUAWEI_POE}.10.{index}": _CAMERA_MW if feeds else 0,
    }


def _poe(number: int, port: Port, *, feeds: bool) -> dict[str, Value]:
    return {
        f"{_PETH}.3.1.{number}": 1 if port.admin_up else 2,
        f"{_PETH}.6.1.{number}": 3 if feeds else 2,
    }


def _narrow(count: int) -> int:
    return count % 2**32
