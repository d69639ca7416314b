"""Where a camera's picture is got: from the gate of this host when it holds the camera, else from the camera itself.

A camera serves few sessions (R8), so no second main stream is opened to look at one: the sub stream by preference, and the
gate's copy of whatever it has.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Literal
from weakref import WeakKeyDictionary

from exporters.services import Services
from nanxi.devices.declare import UndeclaredError
from nanxi.devices.errors import FaultError
from nanxi.devices.onvif.session import OnvifSession
from nanxi.devices.registry import opened
from nanxi.devices.rtsp.session import StreamTarget
from nanxi.gate.control import ControlError, ask_status
from nanxi.register.model import Camera, Device

_GATE_S = 30.0  # for how long the gate's list of streams is believed
_PATH_S = 6 * 3600.0  # for how long a camera's path is believed; a 404 ends that at once


@dataclass(frozen=True, slots=True)
class Source:
    """A stream, and whose it is."""

    via: Literal["gate", "device"]
    target: StreamTarget


@dataclass
class _Memory:
    paths: dict[str, tuple[float, str]] = field(default_factory=dict)
    streams: frozenset[tuple[str, str]] = frozenset()
    asked: float = float("-inf")


_MEMORY: WeakKeyDictionary[Services, _Memory] = WeakKeyDictionary()


async def source(services: Services, device: Device) -> Source:
    """Return where to get a camera's picture.

    Raises:
        UndeclaredError, CredentialError: register or credentials do not say enough.
        DeviceError: the camera does not tell where its stream is.
    """
    gate = services.config.gate
    held = await _held(services)
    for name in ("sub", "main"):
        if gate and (device.host, name) in held:
            path = f"/{device.host}/{name}?reason=probe"
            return Source("gate", StreamTarget(device.host, IPv4Address("127.0.0.1"), gate.port, path))
    if not isinstance(device, Camera) or not device.spoken_to:
        raise UndeclaredError(f"{device.host}: has no stream of its own to call up")
    job = services.job(device.host)
    path = await _path(services, device)
    target = StreamTarget(
        device.host, job.target.address, job.target.rtsp_port, path, job.target.credentials[0]
    )
    return Source("device", target)


def forget(services: Services, host: str) -> None:
    """Forget where a camera's stream was: it does not know that path any more."""
    _memory(services).paths.pop(host, None)


async def _held(services: Services) -> frozenset[tuple[str, str]]:
    memory, gate = _memory(services), services.config.gate
    if gate and time.monotonic() - memory.asked > _GATE_S:
        memory.asked = time.monotonic()
        try:
            status = await asyncio.to_thread(ask_status, gate.control)
            memory.streams = frozenset((one["camera"], one["stream"]) for one in status["streams"])
        except (ControlError, KeyError, TypeError):
            memory.streams = frozenset()  # a dead gate is the gate's alert; cameras are then asked themselves
    return memory.streams


async def _path(services: Services, device: Device) -> str:
    memory = _memory(services)
    known = memory.paths.get(device.host)
    if known and time.monotonic() - known[0] < _PATH_S:
        return known[1]
    path = await _learn(services, device)
    memory.paths[device.host] = (time.monotonic(), path)
    return path


async def _learn(services: Services, device: Device) -> str:
    """Ask the camera where its sub stream is. Hikvision's own API has a rule for it instead (channel, 01 main, 02 sub)."""
    job = services.job(device.host)
    async with opened(job, services.guard) as session:
        if not isinstance(session, OnvifSession):
            return "/Streaming/Channels/102"
        path = await session.stream_path(1, "sub")
    if not path:
        raise FaultError("the device does not tell where its sub stream is")
    return path


def _memory(services: Services) -> _Memory:
    return _MEMORY.setdefault(services, _Memory())
