"""Prober ``snmp``: one poll of one agent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from exporters.probe import Task, Verdict
from exporters.services import Services
from exporters.snmp import emit
from exporters.snmp.access import SnmpAccess, load
from nanxi.devices.declare import UndeclaredError
from nanxi.devices.snmp.access import KeyRing
from nanxi.devices.snmp.client import Limits, connect
from nanxi.devices.snmp.read import Poll, read
from nanxi.devices.snmp.wraps import Unwrapper
from nanxi.register.model import Kind


@dataclass
class _Memory:
    """What outlives a poll: keys, running totals, and what was loaded with the register."""

    loaded_at: float = -1.0
    access: SnmpAccess = field(default_factory=SnmpAccess)
    stations: dict[str, str] = field(default_factory=dict)
    keys: KeyRing = field(default_factory=KeyRing)
    totals: dict[str, Unwrapper] = field(default_factory=lambda: defaultdict(Unwrapper))


_MEMORY: WeakKeyDictionary[Services, _Memory] = WeakKeyDictionary()


async def probe_snmp(task: Task) -> Verdict:
    """Ask the agent everything that its family has."""
    memory, device, module = _memory(task.services), task.device, task.module
    if device.ipv4 is None:
        raise UndeclaredError(f"{device.host}: the register gives no IPv4 address")
    agent = await connect(
        device.host,
        device.ipv4,
        memory.access.port,
        access=memory.access.of(device),
        keys=memory.keys,
        limits=Limits(module.timeout_s, module.retries, module.max_repetitions, module.max_rows),
    )
    switch = device.kind is Kind.SWITCH and module.walk_macs
    poll = Poll(module.interval_s, memory.totals[device.host], memory.stations if switch else {})
    actual = await read(agent, poll)
    task.log(
        f"{actual.identity.family} ({actual.identity.object_id or 'no sysObjectID'}), {actual.requests} requests"
    )
    for oid, problem in agent.problems.items():
        task.log(f"walk of {oid}: {problem}")
    emit.state(task.samples, actual)
    return Verdict.OK


def _memory(services: Services) -> _Memory:
    memory = _MEMORY.setdefault(services, _Memory())
    if memory.loaded_at != services.loaded_at:
        memory.access = load(services.passwords.folder)
        memory.stations = {one.mac: one.host for one in services.estate.devices.values() if one.mac}
        memory.loaded_at = services.loaded_at
    return memory
