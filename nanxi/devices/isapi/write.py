"""Which writer makes the changes of an aspect. A writer raises FaultError with what the device said against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from nanxi.devices.driver import Target
from nanxi.devices.isapi.client import Client
from nanxi.devices.isapi.write_recorder import write_inputs, write_recording
from nanxi.devices.isapi.write_system import (
    write_clock,
    write_dns,
    write_hostname,
    write_network,
    write_platform,
    write_services,
)
from nanxi.devices.isapi.write_video import write_encoders, write_osd
from nanxi.devices.state import Aspect, Change, DeclaredDevice

Writer = Callable[[Client, Target, DeclaredDevice, Sequence[Change]], Awaitable[None]]

#: Every aspect but the accounts (``nanxi.devices.accounts``).
WRITERS: Mapping[Aspect, Writer] = {
    Aspect.HOSTNAME: write_hostname,
    Aspect.DNS: write_dns,
    Aspect.CLOCK: write_clock,
    Aspect.ENCODERS: write_encoders,
    Aspect.OSD: write_osd,
    Aspect.SERVICES: write_services,
    Aspect.CHANNELS: write_inputs,
    Aspect.RECORDING: write_recording,
    Aspect.PLATFORM: write_platform,
    Aspect.NETWORK: write_network,
}
