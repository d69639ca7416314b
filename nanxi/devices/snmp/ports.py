"""IF-MIB, and which name a port goes by (pure): ifTable, ifXTable, EtherLike duplex, learned MACs."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping

from nanxi.devices.snmp.convert import Raw, mac, measured, text
from nanxi.devices.snmp.points import Point, point
from nanxi.devices.snmp.rows import Columns
from nanxi.devices.snmp.wraps import Unwrapper, ambiguous

IF_ENTRY = "1.3.6.1.2.1.2.2.1"
IFX_ENTRY = "1.3.6.1.2.1.31.1.1.1"
DUPLEX = "1.3.6.1.2.1.10.7.2.1.19"

#: Columns that are read. ifInOctets and ifOutOctets only for ports that have no 64-bit counters.
IF_COLUMNS = (2, 3, 5, 6, 7, 8, 9, 13, 14, 19, 20)
IF_OCTETS = (10, 16)
IFX_COLUMNS = (1, 6, 10, 15, 18)

#: ifType of loopbacks and of what is no port one could plug something into (tunnel, other, propVirtual, l2vlan, Null0).
_NO_PORT = frozenset({1, 24, 53, 131, 135, 136})

_COUNTERS = (
    (13, "port_receive_discards_total"),
    (14, "port_receive_errors_total"),
    (19, "port_transmit_discards_total"),
    (20, "port_transmit_errors_total"),
)
_NUMBERS = re.compile(r"\d+")


def names(ifs: Columns, ifxs: Columns) -> dict[int, str]:
    """Return the name of every port by ifIndex: ifName, else ifDescr. Of two alike, the later gets its index."""
    found: dict[int, str] = {}
    taken: set[str] = set()
    indices = {**ifs.get(2, {}), **ifs.get(8, {}), **ifxs.get(1, {})}
    for index in sorted(filter(str.isdigit, indices), key=int):
        name = text(ifxs.get(1, {}).get(index)) or text(ifs.get(2, {}).get(index)) or f"port {index}"
        name = name if name not in taken else f"{name} ({index})"
        taken.add(name)
        found[int(index)] = name
    return found


def is_port(ifs: Columns, index: int) -> bool:
    """Return whether an interface is one that a cable goes into; one of unknown type is taken for one."""
    kind = measured(ifs.get(3, {}).get(str(index)))
    return kind is None or int(kind[0]) not in _NO_PORT


def port_points(
    ifs: Columns,
    ifxs: Columns,
    duplex: Mapping[str, Raw],
    *,
    uptime_s: float | None,
    unwrapper: Unwrapper,
    interval_s: float,
) -> list[Point]:
    """Return the points of every physical port."""
    found: list[Point] = []
    for index, port in names(ifs, ifxs).items():
        if not is_port(ifs, index):
            continue
        row = str(index)
        found += point(
            "port_info",
            1,
            port=port,
            index=row,
            description=text(ifs.get(2, {}).get(row)),
            alias=text(ifxs.get(18, {}).get(row)),
            mac=mac(ifs.get(6, {}).get(row)),
        )
        found += point("port_admin_up", _is(ifs.get(7, {}).get(row), 1), port=port)
        found += point("port_up", _is(ifs.get(8, {}).get(row), 1), port=port)
        found += point(
            "port_last_change_timestamp_seconds", _changed(ifs.get(9, {}).get(row), uptime_s), port=port
        )
        mode = measured(duplex.get(row))
        if mode and mode[0] in (2, 3):
            found += point("port_full_duplex", float(mode[0] == 3), port=port)
        speed = _speed(ifs.get(5, {}).get(row), ifxs.get(15, {}).get(row))
        found += point("port_speed_bytes_per_second", speed, port=port)
        for column, name in _COUNTERS:
            if (value := measured(ifs.get(column, {}).get(row))) is not None:
                found += point(name, unwrapper.total(port, name, int(value[0])), port=port)
        found += _octets(
            ifs, ifxs, row=row, port=port, speed=speed, unwrapper=unwrapper, interval_s=interval_s
        )
    return found


def _octets(
    ifs: Columns,
    ifxs: Columns,
    *,
    row: str,
    port: str,
    speed: float | None,
    unwrapper: Unwrapper,
    interval_s: float,
) -> list[Point]:
    found: list[Point] = []
    narrow = False
    pairs = ((6, 10, "port_receive_bytes_total"), (10, 16, "port_transmit_bytes_total"))
    for wide_column, narrow_column, name in pairs:
        wide = measured(ifxs.get(wide_column, {}).get(row))
        if wide is not None:
            found += point(name, wide[0], port=port)
        elif (value := measured(ifs.get(narrow_column, {}).get(row))) is not None:
            narrow = True
            found += point(name, unwrapper.total(port, name, int(value[0])), port=port)
    if found:
        found += point("port_wraps_ambiguous", float(narrow and ambiguous(speed, interval_s)), port=port)
    return found


def _is(raw: Raw, wanted: int) -> float | None:
    value = measured(raw)
    return None if value is None else float(value[0] == wanted)


def _speed(low: Raw, high: Raw) -> float | None:
    """Speed by ifHighSpeed in Mbit/s where it says something, else by ifSpeed in bit/s, which ends at 4294967295."""
    fast, slow = measured(high), measured(low)
    if fast and fast[0] > 0:
        return fast[0] * 125_000
    return slow[0] / 8 if slow and 0 < slow[0] < 2**32 - 1 else None


def _changed(ticks: Raw, uptime_s: float | None) -> float | None:
    """Unix time of the last change, in steps of 10 s: computed anew at each poll it would else never stand still."""
    value = measured(ticks)
    if value is None or uptime_s is None or value[0] / 100 > uptime_s:
        return None
    return round((time.time() - uptime_s + value[0] / 100) / 10) * 10


def poe_names(indices: set[str], ifs: Columns, by_index: Mapping[int, str]) -> dict[str, str]:
    """Return the port of each index ``group.port`` of RFC 3621, whose numbers makers choose as they like.

    Comware uses the ifIndex as the port, others the number printed on the front. What cannot be told keeps its numbers.
    """
    physical = {index: name for index, name in by_index.items() if is_port(ifs, index)}
    found: dict[str, str] = {}
    for whole in indices:
        numbers = [int(one) for one in whole.split(".") if one.isdigit()]
        if not numbers:
            continue
        group, port = (numbers[0] if len(numbers) > 1 else 1), numbers[-1]
        found[whole] = physical.get(port) or _by_name(group, port, physical.values()) or f"{group}/{port}"
    return found


def _by_name(group: int, port: int, ports: object) -> str:
    """GigabitEthernet1/0/5 is port 5 of group 1; Fa0/5 is port 5 of the only group."""
    fits: list[tuple[bool, int, str]] = []
    for place, name in enumerate(ports):  # type: ignore[arg-type, var-annotated]
        numbers = [int(one) for one in _NUMBERS.findall(name)]
        if numbers and numbers[-1] == port:
            fits.append((numbers[0] != group, place, name))
    return min(fits)[2] if fits else ""


def mac_points(
    learned: Mapping[str, Raw],
    base_ports: Mapping[str, Raw],
    by_index: Mapping[int, str],
    known: Mapping[str, str],
) -> list[Point]:
    """Return how many MACs were learned on each port, and which of them are devices of the register.

    Args:
        learned: rows of dot1qTpFdbPort or dot1dTpFdbPort: the last six numbers of the index are the MAC.
        base_ports: bridge port to ifIndex.
        by_index: ifIndex to port.
        known: MAC (XX-XX-…) to host name.
    """
    counts: Counter[str] = Counter()
    found: list[Point] = []
    for index, raw in learned.items():
        octets = [int(one) for one in index.split(".")[-6:] if one.isdigit()]
        bridge_port = measured(raw)
        if len(octets) != 6 or max(octets) > 255 or bridge_port is None or bridge_port[0] <= 0:
            continue
        number = str(int(bridge_port[0]))
        mapped = measured(base_ports.get(number))
        port = by_index.get(int(mapped[0]) if mapped else int(number))
        if port is None:
            continue
        counts[port] += 1
        address = bytes(octets).hex("-").upper()
        if address in known:
            found += point("port_station_info", 1, port=port, mac=address, station=known[address])
    return [*found, *(one for port, count in counts.items() for one in point("port_macs", count, port=port))]
