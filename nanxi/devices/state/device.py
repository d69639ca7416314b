"""All that a device says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.state.access import PlatformState
from nanxi.devices.state.aspect import Aspect
from nanxi.devices.state.recorder import Disk, Input, Recorded
from nanxi.devices.state.system import Clock, Dns, Identity, NetworkState, Services, User
from nanxi.devices.state.video import Encoder, Osd, Signal


@dataclass(frozen=True, slots=True)
class DeviceState:
    """What a device says of itself, aspect by aspect."""

    identity: Identity | None = None
    clock: Clock | None = None
    hostname: str | None = None
    dns: Dns | None = None
    network: NetworkState | None = None
    users: tuple[User, ...] | None = None
    encoders: tuple[Encoder, ...] | None = None
    osds: tuple[Osd, ...] | None = None
    services: Services | None = None
    signals: tuple[Signal, ...] | None = None  # aspect channels, of devices with video inputs
    inputs: tuple[Input, ...] | None = None  # aspects channels and recording, of recorders
    recordings: tuple[Recorded, ...] | None = None  # aspect recording
    disks: tuple[Disk, ...] | None = None
    platform: PlatformState | None = None
    user: str = ""  # the account that signed in, and the origin of its password: vault or factory
    credential: str = ""
    unsupported: frozenset[Aspect] = frozenset()
    # Findings on the way: advertised another address (O10), drift at sign-in (O1), ...
    notes: tuple[str, ...] = ()
