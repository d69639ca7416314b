"""What the exporter of one Linux host is about (pure).

A monitor asks every device of its own network, because no host has a foot in both. A recorder host tells of its own
recordings, from files: what it lacks of plan and register nobody can take from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.county.model import Network
from nanxi.estate import Estate
from nanxi.findings import NanxiError
from nanxi.register.model import Device, Host, State

MONITOR, RECORDER = "monitor", "recorder"


class ScopeError(NanxiError):
    """The host is none that an exporter runs on."""


@dataclass(frozen=True, slots=True)
class Scope:
    """One host's exporter. ``units`` empty means the whole county; ``home`` and ``address`` are the host's own."""

    role: str
    home: Network
    units: frozenset[str] = frozenset()
    address: str = ""

    @property
    def asks(self) -> bool:
        """Whether it asks devices over the network."""
        return self.role == MONITOR

    def covers(self, device: Device) -> bool:
        """Return whether a device is asked by this host, and so needs its account here."""
        return (
            device.network is self.home
            and (not self.units or device.unit in self.units)
            and device.spoken_to
            and device.state is not State.RETIRED
        )


def scope_of(estate: Estate, host: str) -> Scope:
    """Return what the exporter of ``host`` is about.

    Raises:
        ScopeError: the register has no such host, or nothing is measured from there.
    """
    device = estate.devices.get(host)
    if not isinstance(device, Host) or device.role not in (MONITOR, RECORDER):
        raise ScopeError(f"{host} is neither a monitor nor a recorder host of the register (column 角色)")
    units = frozenset[str]() if device.role == MONITOR else frozenset({device.unit})
    return Scope(device.role, device.network, units, str(device.ipv4 or ""))
