"""Where a camera's picture is got: from the gate of this host when it holds the camera, else from the camera itself.

A camera serves few sessions (R8): at the gate nothing is asked of it, because the gate holds its main stream anyway; of the
camera itself the sub stream is wanted, of an analog camera that of its channel at the encoder. What a recorder host records
is called up at its gate or not at all: no account of a camera lies there.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal
from weakref import WeakKeyDictionary

from exporters.config import ModuleConfig
from exporters.gate import status as gates
from exporters.gate.status import GateError
from exporters.services import Services
from nanxi.devices.declare import UndeclaredError
from nanxi.devices.errors import DeviceError, FaultError, UnreachableError
from nanxi.devices.onvif.session import OnvifSession
from nanxi.devices.registry import opened
from nanxi.devices.rtsp.session import StreamTarget
from nanxi.recorder.render import spoken_to
from nanxi.register.model import Camera, Device

_PATH_S = 6 * 3600.0  # for how long a camera's path is believed; a 404 ends that at once


@dataclass(frozen=True, slots=True)
class Source:
    """A stream, and whose it is."""

    via: Literal["gate", "device"]
    target: StreamTarget


#: By device: when a camera told its path, and the path.
_PATHS: WeakKeyDictionary[Services, dict[str, tuple[float, str]]] = WeakKeyDictionary()


async def source(services: Services, device: Device, module: ModuleConfig) -> Source:
    """Return where to get a camera's picture.

    Raises:
        UndeclaredError, CredentialError: register or credentials do not say enough.
        GateError: it is to be had at the gate alone, which is dead or does not hold the camera.
        DeviceError: the gate, or the camera, says why there is no picture.
    """
    if module.which == "recorded_here":
        return await _at_gate(services, device, module.key_frame_s)
    if services.config.gate:
        try:
            return await _at_gate(services, device, module.key_frame_s)
        except GateError:
            pass  # a dead gate is the gate's alert; the camera is then asked itself
    if not isinstance(device, Camera) or not device.pictured:
        raise UndeclaredError(f"{device.host}: has no stream to call up")
    owner, channel = spoken_to(services.estate, device)
    if not owner.touchable:
        raise UnreachableError(f"its encoder {owner.host} is {owner.state.value} by the register")
    job = services.job(owner.host)
    path = await _path(services, device, owner, channel)
    target = StreamTarget(
        owner.host, job.target.address, job.target.rtsp_port, path, job.target.credentials[0]
    )
    return Source("device", target)


async def honest(services: Services, where: Source, error: DeviceError) -> DeviceError:
    """Return what an error at the stream means for the camera: at the gate 503 is no camera without sessions."""
    if where.via == "device":
        return error
    return await gates.meaning(services, where.target.path.partition("?")[0].lstrip("/"), error)


def forget(services: Services, host: str) -> None:
    """Forget where a camera's stream was: it does not know that path any more."""
    _paths(services).pop(host, None)


async def _at_gate(services: Services, device: Device, patience_s: float) -> Source:
    """Return the stream at the gate; nobody waits there for a camera that has been silent for longer than ``patience_s``."""
    gate = services.config.gate
    assert gate is not None, "the configuration is checked"
    found = await gates.streams(services)
    name = gates.choice(found, device.host)
    if name is None:
        raise GateError(f"the gate of this host does not hold {device.host}")
    held = found[device.host, name]
    if held.silent_s > patience_s and (error := gates.why(held, f"{device.host}/{name}")):
        raise error
    path = f"/{device.host}/{name}?reason=probe"
    return Source("gate", StreamTarget(device.host, IPv4Address("127.0.0.1"), gate.port, path))


async def _path(services: Services, device: Device, owner: Device, channel: int) -> str:
    paths = _paths(services)
    known = paths.get(device.host)
    if known and time.monotonic() - known[0] < _PATH_S:
        return known[1]
    path = await _learn(services, owner, channel)
    paths[device.host] = (time.monotonic(), path)
    return path


async def _learn(services: Services, owner: Device, channel: int) -> str:
    """Ask where a channel's sub stream is. Hikvision's own API has a rule for it instead (channel, 01 main, 02 sub).

    Old encoders have one stream a channel.
    """
    job = services.job(owner.host)
    async with opened(job, services.guard) as session:
        if not isinstance(session, OnvifSession):
            return f"/Streaming/Channels/{channel}02"
        try:
            path = await session.stream_path(channel, "sub")
        except FaultError:
            path = await session.stream_path(channel, "main")
    if not path:
        raise FaultError("the device does not tell where the stream is")
    return path


def _paths(services: Services) -> dict[str, tuple[float, str]]:
    return _PATHS.setdefault(services, {})
