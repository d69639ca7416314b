"""Poll one agent: tell its family by sysObjectID, then read what that family has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from nanxi.devices.errors import HostileError
from nanxi.devices.snmp import ports
from nanxi.devices.snmp.client import Agent
from nanxi.devices.snmp.convert import Raw, first_line, measured, text
from nanxi.devices.snmp.families import Family, Table, families, recognise
from nanxi.devices.snmp.points import AgentIdentity, Point, SnmpState, point
from nanxi.devices.snmp.rows import derived, needed, scalar_points, table_points
from nanxi.devices.snmp.wraps import Unwrapper
from nanxi.register.ports import port

DESCRIPTION, OBJECT_ID, UPTIME = (f"1.3.6.1.2.1.1.{number}.0" for number in (1, 2, 3))
ENGINE_TIME = (
    "1.3.6.1.6.3.10.2.1.3.0"  # snmpEngineTime, seconds: does not wrap after 497 days as sysUpTime does
)
ENTITY_NAME = "1.3.6.1.2.1.47.1.1.1.1.7"
ENTITY_DESCRIPTION = "1.3.6.1.2.1.47.1.1.1.1.2"
ENTITY_ALIAS = "1.3.6.1.2.1.47.1.3.2.1.2"  # entity to ifIndex
Q_BRIDGE, BRIDGE = "1.3.6.1.2.1.17.7.1.2.2.1.2", "1.3.6.1.2.1.17.4.3.1.2"
BASE_PORT = "1.3.6.1.2.1.17.1.4.1.2"


@dataclass
class Poll:
    """What a poll needs beside the agent.

    Attributes:
        interval_s: seconds from poll to poll, for the judgement of 32-bit counters.
        unwrapper: of this device, kept from poll to poll.
        stations: MAC to host name of the register; empty: learned MACs are not read.
    """

    interval_s: float = 60.0
    unwrapper: Unwrapper = field(default_factory=Unwrapper)
    stations: Mapping[str, str] = field(default_factory=dict)


async def read(agent: Agent, poll: Poll) -> SnmpState:
    """Return everything that the agent has and its family names.

    Raises:
        UnreachableError, RefusedError, HostileError: it does not answer, or nothing that could be understood.
    """
    return await _Reader(agent, poll).read()


def _uptime(basics: Mapping[str, Raw]) -> tuple[float | None, list[Point]]:
    """Return sysUpTime in seconds, which the ports' times are of, and the point: after 497 days the engine knows better."""
    ticks, engine = measured(basics.get(UPTIME)), measured(basics.get(ENGINE_TIME))
    uptime_s = ticks[0] / 100 if ticks else None
    known = [one for one in (uptime_s, engine[0] if engine else None) if one is not None]
    return uptime_s, point("device_uptime_seconds", max(known, default=None))


class _Reader:
    def __init__(self, agent: Agent, poll: Poll) -> None:
        self._agent = agent
        self._poll = poll
        self._cache: dict[str, dict[str, Raw]] = {}
        self._ifs: dict[int, dict[str, Raw]] = {}

    async def read(self) -> SnmpState:
        basics = await self._agent.get([DESCRIPTION, OBJECT_ID, UPTIME, ENGINE_TIME])
        object_id = text(basics.get(OBJECT_ID))
        family = recognise(object_id, {})
        if family is None or family.name in ("linux", "generic"):
            family = recognise(object_id, await self._markers()) or family
        if family is None:
            raise HostileError("the agent answers and has nothing that Nanxi knows")
        identity, values = await self._identity(family, object_id, basics)
        uptime_s, found = _uptime(basics)
        found += scalar_points(family.scalars, values)
        names: dict[int, str] = {}
        if family.ports:
            names, more = await self._ports(uptime_s)
            found += more
        for table in family.tables:
            found += await self._table(table, names)
        if family.bridge and self._poll.stations and names:
            found += await self._stations(names)
        return SnmpState(
            identity=identity,
            points=tuple(derived(found)),
            problems=tuple(sorted(set(self._agent.problems.values()))),
            requests=self._agent.requests,
            names=names,
        )

    async def _markers(self) -> dict[str, bool]:
        markers = [family.marker for family in families().values() if family.marker]
        have = await self._agent.get(markers)
        return {marker: marker in have for marker in markers}

    async def _identity(
        self, family: Family, object_id: str, basics: Mapping[str, Raw]
    ) -> tuple[AgentIdentity, dict[str, Raw]]:
        own = [oid for oid in (family.software, family.serial_number, family.marker) if oid]
        values = await self._agent.get([*own, *(one.oid for one in family.scalars)])
        description = first_line(basics.get(DESCRIPTION)) or first_line(values.get(family.marker or ""))
        identity = AgentIdentity(
            family.name,
            object_id,
            description,
            text(values.get(family.software or "")),
            text(values.get(family.serial_number or "")),
        )
        return identity, values

    async def _ports(self, uptime_s: float | None) -> tuple[dict[int, str], list[Point]]:
        ifs = await self._columns(ports.IF_ENTRY, ports.IF_COLUMNS)
        ifxs = await self._columns(ports.IFX_ENTRY, ports.IFX_COLUMNS)
        names = ports.names(ifs, ifxs)
        if not names:
            return {}, []
        wide = ifxs.get(6, {})
        if any(str(index) not in wide for index in names if ports.is_port(ifs, index)):
            ifs |= await self._columns(ports.IF_ENTRY, ports.IF_OCTETS)
        self._poll.unwrapper.began(uptime_s)
        duplex = await self._walk(ports.DUPLEX)
        points = ports.port_points(
            ifs,
            ifxs,
            duplex,
            uptime_s=uptime_s,
            unwrapper=self._poll.unwrapper,
            interval_s=self._poll.interval_s,
        )
        self._ifs = ifs
        return names, points

    async def _table(self, table: Table, names: Mapping[int, str]) -> list[Point]:
        columns = await self._columns(table.entry, sorted(needed(table)))
        indices = {index for column in columns.values() for index in column}
        return table_points(table, columns, await self._labels(table, indices, names)) if indices else []

    async def _labels(self, table: Table, indices: set[str], names: Mapping[int, str]) -> Mapping[str, str]:
        if table.key == "interface":
            return {index: names.get(int(index), f"port {index}") for index in indices if index.isdigit()}
        if table.key == "poe":
            return ports.poe_names(indices, self._ifs, names)
        if table.key in ("entity", "entity_interface", "entity_named"):
            entities = await self._entities()
            if table.key == "entity_named":
                spelled = {port(name): name for name in names.values()}
                found = {index: re.search(table.named, entities.get(index, "")) for index in indices}
                ports_of = {index: spelled.get(port(match[1]), "") for index, match in found.items() if match}
                return {index: name for index, name in ports_of.items() if name}
            if table.key == "entity_interface":
                alias = {
                    index.split(".")[0]: names.get(int(text(raw).rpartition(".")[2] or 0), "")
                    for index, raw in (await self._walk(ENTITY_ALIAS)).items()
                    if text(raw).rpartition(".")[2].isdigit()
                }
                return {index: alias.get(index) or entities.get(index, "") for index in indices}
            return {index: entities.get(index, index) for index in indices}
        return {}

    async def _entities(self) -> dict[str, str]:
        """Return the name of every physical entity, its description where it has none; of two alike the later's index."""
        names, descriptions = await self._walk(ENTITY_NAME), await self._walk(ENTITY_DESCRIPTION)
        found: dict[str, str] = {}
        taken: set[str] = set()
        for index in {**names, **descriptions}:
            name = text(names.get(index)) or text(descriptions.get(index)) or index
            found[index] = name if name not in taken else f"{name} ({index})"
            taken.add(name)
        return found

    async def _stations(self, names: Mapping[int, str]) -> list[Point]:
        learned = await self._walk(Q_BRIDGE) or await self._walk(BRIDGE)
        base = await self._walk(BASE_PORT) if learned else {}
        return ports.mac_points(learned, base, names, self._poll.stations)

    async def _columns(self, entry: str, columns: Iterable[int]) -> dict[int, dict[str, Raw]]:
        return {column: rows for column in columns if (rows := await self._walk(f"{entry}.{column}"))}

    async def _walk(self, oid: str) -> dict[str, Raw]:
        """Walk a column once per poll: several tables may read it."""
        if oid not in self._cache:
            self._cache[oid] = dict(await self._agent.walk(oid))
        return self._cache[oid]
