"""What the gate of this host says of cameras: which streams it holds, whether pictures come in, and if not, why.

A failed call-up at the gate is not the camera's word: 503 there is "no picture", and not "no session left" (R8), and a gate
that is dead is no camera that is down. So the reason is taken from the gate's own status.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

from exporters.services import Services
from nanxi.devices.errors import DeviceError, FaultError, HostileError, RefusedError, UnreachableError
from nanxi.devices.rtsp.errors import BusyError, ChangedError, EndedError, StalledError
from nanxi.gate.causes import Cause
from nanxi.gate.control import ControlError, ask_status

StreamName = Literal["main", "sub"]
#: Seconds for which the gate's word is believed: before a call-up, and after one that failed.
USUAL_S, FRESH_S = 10.0, 1.0

_ERRORS: Mapping[str, type[DeviceError]] = {
    Cause.UNREACHABLE: UnreachableError,
    Cause.STALLED: StalledError,
    Cause.ENDED: EndedError,
    Cause.UNAUTHORISED: RefusedError,
    Cause.BUSY: BusyError,
    Cause.REFUSED: FaultError,
    Cause.CHANGED: ChangedError,
    Cause.HOSTILE: HostileError,
}


class GateError(DeviceError):
    """The gate of this host is dead, does not hold the camera, or did not hand out what it has: nothing of the camera's."""


class Held(NamedTuple):
    """One stream of the gate. ``cause`` and ``reason``: why no pictures come in; ``silent_s`` since the last one."""

    playing: bool
    cause: str
    reason: str
    silent_s: float


Streams = Mapping[tuple[str, str], Held]


@dataclass
class _Memory:
    streams: Streams = field(default_factory=dict)
    dead: str = ""
    asked: float = float("-inf")
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


_MEMORY: WeakKeyDictionary[Services, _Memory] = WeakKeyDictionary()


def ask(control: Path) -> Streams:
    """Return every stream of the gate that answers at ``control``, by camera and name.

    Raises:
        GateError: nobody answers, or not as a gate does.
    """
    try:
        return {
            (str(one["camera"]), str(one["stream"])): Held(
                bool(one["playing"]), one["cause"] or "", one["reason"] or "", float(one["silent_s"])
            )
            for one in ask_status(control)["streams"]
        }
    except ControlError as error:
        raise GateError(f"the gate of this host is dead: {error}") from None
    except (KeyError, TypeError, ValueError):
        raise GateError(f"the gate of this host answers nonsense at {control}") from None


async def streams(services: Services, within_s: float = USUAL_S) -> Streams:
    """Return the gate's streams as they were at most ``within_s`` seconds ago; whoever asks at once shares one answer.

    Raises:
        GateError: it is dead.
    """
    assert services.config.gate is not None
    memory = _MEMORY.setdefault(services, _Memory())
    async with memory.lock:
        if time.monotonic() - memory.asked > within_s:
            try:
                memory.streams = await asyncio.to_thread(ask, services.config.gate.control)
                memory.dead = ""
            except GateError as error:
                memory.streams, memory.dead = {}, str(error)
            memory.asked = time.monotonic()
    if memory.dead:
        raise GateError(memory.dead)
    return memory.streams


def choice(found: Streams, camera: str) -> StreamName | None:
    """Return the stream of a camera that costs it no session more (R8): one that plays, main before sub."""
    names: list[StreamName] = [name for name in ("main", "sub") if (camera, name) in found]  # type: ignore[misc]
    return next((name for name in names if found[camera, name].playing), names[0] if names else None)


def why(held: Held, path: str) -> DeviceError | None:
    """Return what the gate says of a stream without pictures, as if the camera had been asked; None when it plays."""
    if held.playing:
        return None
    kind = _ERRORS.get(held.cause, GateError)
    return kind(
        f"the gate has no picture of {path}: {held.reason or held.cause or 'it has only begun to ask'}"
    )


async def meaning(services: Services, path: str, error: DeviceError) -> DeviceError:
    """Return what a failure at the gate means: what it says of the camera, or that the gate itself is what failed."""
    camera, _, name = path.partition("/")
    try:
        held = (await streams(services, FRESH_S)).get((camera, name))
    except GateError as dead:
        return dead
    if held is None:
        return GateError(f"the gate of this host no longer holds {path}")
    return why(held, path) or GateError(f"the gate has pictures of {path} and did not hand them out: {error}")
