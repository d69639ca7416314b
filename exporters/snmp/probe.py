"""Prober ``snmp``: one poll of one agent."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from weakref import WeakKeyDictionary

from exporters.probe import Task, Verdict
from exporters.services import Services
from exporters.snmp import emit
from exporters.snmp.access import SnmpAccess, load
from nanxi.devices.declare import UndeclaredError
from nanxi.devices.errors import LockedError, RefusedError
from nanxi.devices.snmp.access import Access, Community
from nanxi.devices.snmp.client import Limits, connect, greet
from nanxi.devices.snmp.read import Poll, read
from nanxi.devices.snmp.wraps import Unwrapper
from nanxi.register.model import Kind

#: For so long a refused user is not tried again, unless it changes. Agents lock nobody out, and the user may be entered on the
#: device any time (by a playbook, or by hand): nobody should have to tell the guard of every monitor.
AGAIN = timedelta(minutes=15)


@dataclass
class _Memory:
    """What outlives a poll: running totals, and what was loaded with the register."""

    loaded_at: float = -1.0
    access: SnmpAccess = field(default_factory=SnmpAccess)
    stations: dict[str, str] = field(default_factory=dict)
    totals: dict[str, Unwrapper] = field(default_factory=lambda: defaultdict(Unwrapper))
    refused: set[str] = field(default_factory=set)  # at the last poll


_MEMORY: WeakKeyDictionary[Services, _Memory] = WeakKeyDictionary()


async def probe_snmp(task: Task) -> Verdict:
    """Ask the agent everything that its family has."""
    memory, device, module = _memory(task.services), task.device, task.module
    if device.ipv4 is None:
        raise UndeclaredError(f"{device.host}: the register gives no IPv4 address")
    limits = Limits(module.timeout_s, module.retries, module.max_repetitions, module.max_rows)
    access = memory.access.of(device)
    if isinstance(access, Community):  # who does not know it gets no answer: there is nothing to refuse
        return await _poll(task, memory, device.ipv4, access, limits)
    guard, credential = task.services.guard, access.credential
    before = guard.refused(device.host, credential)
    if before and datetime.now(UTC) - before < AGAIN:
        await greet(device.host, device.ipv4, memory.access.port, limits)
        raise LockedError(
            f"the SNMP user {access.user!r} was refused at {before:%Y-%m-%d %H:%M} UTC and is tried again "
            f"{AGAIN.seconds // 60} minutes later, or when it changes"
        )
    try:
        verdict = await _poll(task, memory, device.ipv4, access, limits)
    except RefusedError:
        # An agent that restarts between two requests refuses, too; the next poll comes in some seconds.
        if device.host in memory.refused:
            await guard.enter(device.host, credential)
        memory.refused.add(device.host)
        raise
    memory.refused.discard(device.host)
    await guard.settle(device.host, credential.origin)
    return verdict


async def _poll(task: Task, memory: _Memory, address: IPv4Address, access: Access, limits: Limits) -> Verdict:
    device, module = task.device, task.module
    agent = await connect(
        device.host, address, memory.access.port, access=access, keys=task.services.keys, limits=limits
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
