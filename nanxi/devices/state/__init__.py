"""The typed state of a device, the same for every protocol and every kind.

A driver's ``read`` fills :class:`DeviceState` from a device; ``declare`` builds :class:`DeclaredDevice` from the
register and the plan; ``plan`` compares the two. ``None`` in an actual state means that the aspect was not read or
that the device does not offer it (then its name is in ``unsupported``); it never means "empty".
"""

from nanxi.devices.state.access import Platform, PlatformState
from nanxi.devices.state.aspect import ALL_ASPECTS, Aspect, Change
from nanxi.devices.state.declared import (
    Account,
    DeclaredChannel,
    DeclaredDevice,
    DeclaredInput,
    DeclaredStream,
)
from nanxi.devices.state.device import DeviceState
from nanxi.devices.state.recorder import Disk, DiskStatus, Input, Recorded
from nanxi.devices.state.system import (
    Clock,
    Dns,
    Identity,
    Level,
    NetworkState,
    Protocols,
    Services,
    User,
)
from nanxi.devices.state.video import CodecLimits, Encoder, Osd, Role, Signal

__all__ = [
    "ALL_ASPECTS",
    "Account",
    "Aspect",
    "Change",
    "Clock",
    "CodecLimits",
    "DeclaredChannel",
    "DeclaredDevice",
    "DeclaredInput",
    "DeclaredStream",
    "DeviceState",
    "Disk",
    "DiskStatus",
    "Dns",
    "Encoder",
    "Identity",
    "Input",
    "Level",
    "NetworkState",
    "Osd",
    "Platform",
    "PlatformState",
    "Protocols",
    "Recorded",
    "Role",
    "Services",
    "Signal",
    "User",
]
