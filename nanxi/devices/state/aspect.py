"""What a device's state is made of, and one difference in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Aspect(StrEnum):
    """What can be read, planned and applied on its own; also the tags of the playbooks."""

    IDENTITY = "identity"
    CLOCK = "clock"  # source, servers, zone, drift
    HOSTNAME = "hostname"
    DNS = "dns"
    NETWORK = "network"  # checked; changed only when asked explicitly
    USERS = "users"
    ENCODERS = "encoders"
    OSD = "osd"
    SERVICES = "services"  # discovery mode and unused protocols
    CHANNELS = "channels"  # what is connected: an NVR's inputs, the signals of an encoder
    RECORDING = "recording"  # of each input: schedule or job, retention, recorded ranges
    DISKS = "disks"  # read only
    PLATFORM = "platform"  # GB/T 28181 access


ALL_ASPECTS = frozenset(Aspect)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between declared and actual state.

    It never holds a secret. A change that is not ``applicable`` is a finding only: the device cannot do it, or
    nobody asked for it (network addresses, an NVR's extra inputs).
    """

    aspect: Aspect
    field: str  # dotted: encoders.main.fps, on a device of more channels encoders.3.main.fps
    before: str
    after: str
    applicable: bool = True
    reason: str = ""
