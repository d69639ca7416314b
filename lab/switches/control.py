"""The lab's hand behind the switches: the unix socket of ``lab.twin.control``, with the commands of switches.

It does what people and bad luck do: somebody types at the console, the power goes, the flash is full, a wire is pulled
out. Tests also read every line that was typed.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

from lab.switches.device import Switch, faults_of
from lab.switches.fleet import Fleet
from lab.switches.session import Session
from lab.switches.wired import OvsDataPlane

Asked = Mapping[str, Any]
Command = Callable[[Fleet, Asked], Any | Awaitable[Any]]

_FAULTS = ("drops_after", "save_fails", "slow_s")


def hosts(fleet: Fleet, asked: Asked) -> list[str]:
    """Return the switches there are."""
    del asked
    return sorted(fleet.switches)


def transcript(fleet: Fleet, asked: Asked) -> list[dict[str, Any]]:
    """Return every line that was typed at ``host``, from number ``since`` on."""
    return _switch(fleet, asked).spoken()[int(asked.get("since", 0)) :]


def running(fleet: Fleet, asked: Asked) -> list[str]:
    """Return the running configuration of ``host``."""
    switch = _switch(fleet, asked)
    return switch.dialect.render(switch.running)


def startup(fleet: Fleet, asked: Asked) -> list[str]:
    """Return the saved configuration of ``host``."""
    return _switch(fleet, asked).saved()


def status(fleet: Fleet, asked: Asked) -> dict[str, Any]:
    """Return what ``host`` is up to: sessions, an armed rollback and its seconds, whether anything is unsaved."""
    switch = _switch(fleet, asked)
    rollback = switch.rollback
    return {
        "sessions": [{"user": item.user, "source": str(item.source)} for item in switch.sessions.values()],
        "rollback_s": None if rollback is None else round(rollback.due - switch.clock.now(), 1),
        "unsaved": switch.unsaved(),
        "answers": None
        if switch.installation.controller is None
        else switch.answer(switch.installation.controller),
        "vlans": [ident for ident, _ in switch.running.of("vlan")],
        "plane": switch.plane_problem,
    }


def ports(fleet: Fleet, asked: Asked) -> list[dict[str, Any]]:
    """Return what the running configuration of ``host`` means to its ports."""
    switch = _switch(fleet, asked)
    return [_plain(asdict(port)) | {"link": switch.has_link(port)} for port in switch.ports()]


def learned(fleet: Fleet, asked: Asked) -> list[dict[str, Any]]:
    """Return the MAC address table of ``host``."""
    return [asdict(item) for item in _switch(fleet, asked).learned()]


def log(fleet: Fleet, asked: Asked) -> list[str]:
    """Return what ``host`` noted of its links."""
    return list(_switch(fleet, asked).log)


async def type_(fleet: Fleet, asked: Asked) -> list[str]:
    """Type ``lines`` at the console of ``host``, behind everybody's back; return what it says."""
    switch = _switch(fleet, asked)
    session = Session(switch, -1, "console", switch.installation.address)
    said: list[str] = []
    for line in asked["lines"]:
        said += await session.carry_out(line, 0)
    return said


def drop(fleet: Fleet, asked: Asked) -> None:
    """Cut every session of ``host``."""
    _switch(fleet, asked).drop_all()


async def reboot(fleet: Fleet, asked: Asked) -> None:
    """Restart ``host``; what was not saved is lost."""
    await _switch(fleet, asked).reboot()


async def advance(fleet: Fleet, asked: Asked) -> None:
    """Let ``seconds`` pass for ``host``."""
    switch = _switch(fleet, asked)
    switch.clock.advance(float(asked["seconds"]))
    await switch.settle()


def fault(fleet: Fleet, asked: Asked) -> None:
    """Switch on faults of ``host``: ``drops_after`` lines of a session, ``save_fails``, ``slow_s``."""
    chosen = {name: asked[name] for name in _FAULTS if name in asked}
    if not chosen:
        raise ValueError(f"no fault named, there are: {', '.join(_FAULTS)}")
    switch = _switch(fleet, asked)
    switch.faults = replace(switch.faults, **chosen)


def refuse(fleet: Fleet, asked: Asked) -> None:
    """Let ``host`` refuse lines that match ``pattern``, saying ``says``, or what it says to any line unknown to it."""
    re.compile(asked["pattern"])
    switch = _switch(fleet, asked)
    more = (asked["pattern"], asked.get("says", ""))
    switch.faults = replace(switch.faults, refuses=(*switch.faults.refuses, more))


def clear(fleet: Fleet, asked: Asked) -> None:
    """Return ``host`` to the faults of its profile."""
    switch = _switch(fleet, asked)
    switch.faults = faults_of(switch.traits)


def plug(fleet: Fleet, asked: Asked) -> None:
    """Connect ``port`` of ``host`` with ``interface`` of the lab."""
    _plane(fleet, asked).plug(asked["port"], asked["interface"])


def unplug(fleet: Fleet, asked: Asked) -> None:
    """Pull the wire out of ``port`` of ``host``."""
    _plane(fleet, asked).unplug(asked["port"])


COMMANDS: dict[str, Command] = {
    command.__name__.rstrip("_"): command
    for command in (
        *(hosts, transcript, running, startup, status, ports, learned, log, type_, drop, reboot, advance),
        *(fault, refuse, clear, plug, unplug),
    )
}


def _switch(fleet: Fleet, asked: Asked) -> Switch:
    return fleet.switches[asked["host"]]


def _plane(fleet: Fleet, asked: Asked) -> OvsDataPlane:
    plane = _switch(fleet, asked).plane
    if not isinstance(plane, OvsDataPlane):
        raise TypeError(f"{asked['host']} has no wires: it is not in the lab's fabric")
    return plane


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
