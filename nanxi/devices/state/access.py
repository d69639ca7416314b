"""Access to a platform by GB/T 28181 (SIP): what is declared and what a device says. The password is in the vault."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Platform:
    """Where a device registers and under which codes (GB/T 28181-2022, 6.2 and 9.1)."""

    server_id: str  # 20 digits
    domain: str  # 10 digits, or 20
    address: str
    port: int
    device_code: str
    channel_codes: dict[int, str]  # by channel, from 1
    keepalive_s: int = 60
    expiry_s: int = 3600


@dataclass(frozen=True, slots=True)
class PlatformState:
    """The access as the device has it; ``registered`` is None when the device does not tell."""

    enabled: bool
    access: Platform
    registered: bool | None = None
