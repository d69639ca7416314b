"""What a driver must offer: a second protocol costs a folder with these two functions.

The plan step is shared (``nanxi.devices.plan``), because declared and actual state are the same types for every
protocol. Drivers are found by the register's ``driver`` column in ``nanxi.devices.registry``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Literal, Protocol

from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState

#: How to sign in. ``auto`` learns it from the device without spending a password; ``text`` sends the password in
#: clear (UsernameToken PasswordText) and is only for a model that accepts nothing else (O5).
Auth = Literal["auto", "digest", "wsse", "both", "text"]


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that never prints."""

    value: str

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Credential:
    """An account and its password. ``origin`` names where it comes from (vault, factory), never the password."""

    user: str
    password: Secret
    origin: str = "vault"


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how to reach a device. The address comes from the register, never from the device (D4).

    ``credentials`` are tried in order and each at most once: the vault's first, then the factory's for a device
    that is still as it left the works. ``passwords`` are what the declared accounts must get. ``input_passwords`` are
    the credentials with which an NVR takes in each device, by that device's host name.
    """

    host: str
    address: IPv4Address
    http_port: int
    rtsp_port: int
    vendor: str
    model: str
    credentials: tuple[Credential, ...]
    passwords: Mapping[str, Secret]
    input_passwords: Mapping[str, Credential] = field(default_factory=dict)
    may_write: bool = True
    auth: Auth = "auto"


class Session(Protocol):
    """An open, signed-in conversation with one device. Every method raises DeviceError."""

    async def read(self, aspects: frozenset[Aspect]) -> DeviceState:
        """Return the actual state of the aspects."""
        ...

    async def read_limits(self, state: DeviceState) -> DeviceState:
        """Return ``state`` with what the device can do; asked only when something differs."""
        ...

    async def apply(self, declared: DeclaredDevice, changes: Sequence[Change]) -> dict[Aspect, str]:
        """Make the changes; the caller reads back and decides whether they took.

        Returns:
            What the device said against it, by aspect; one refused aspect does not stop the others.
        """
        ...

    async def close(self) -> None:
        """Release the connections; never raises."""
        ...
