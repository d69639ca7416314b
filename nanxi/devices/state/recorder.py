"""What an NVR says of its inputs, its disks and what lies on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DiskStatus = Literal["ok", "full", "broken", "missing", "unformatted"]


@dataclass(frozen=True, slots=True)
class Input:
    """One input of an NVR; None means that the device does not tell."""

    channel: int  # from 1, as the device numbers them; where it does not, the driver's stable order
    name: str
    address: str  # of the device that it takes the picture from
    enabled: bool = True
    online: bool | None = None
    recording: bool | None = None  # continuously, as the register demands it
    retention_days: int | None = None
    http_port: int | None = None
    rtsp_port: int | None = None
    device_channel: int | None = None  # which channel of the device at ``address``
    login: bool | None = None  # whether it signs in there with an account and password of the vault
    token: str = ""  # how the driver finds it again


@dataclass(frozen=True, slots=True)
class Disk:
    """One disk or volume; sizes in GB of 10^9 bytes."""

    id: str
    status: DiskStatus
    capacity_gb: float
    free_gb: float


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is recorded of one channel, UTC; both None when there is nothing."""

    channel: int
    earliest: datetime | None
    latest: datetime | None
    gaps: tuple[tuple[datetime, datetime], ...] | None = None  # None: the device tells only the two ends
