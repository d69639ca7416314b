"""Protocols and discovery: operations of the device service (ONVIF Core 8.2 and 7.3)."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.state import Protocols
from nanxi.devices.values import Element, boolean, children, escape, flag, integer, text

#: The schema wants a port even where the device tells none.
_USUAL_PORTS = {"HTTP": 80, "HTTPS": 443, "RTSP": 554}


@dataclass(frozen=True, slots=True)
class GetNetworkProtocols(Request[Protocols]):
    """Read which of HTTP, HTTPS and RTSP are on."""

    service = Service.DEVICE
    operation = "GetNetworkProtocols"

    def decode(self, reply: Element) -> Protocols:
        """Return state and ports by name; Axis lists port 0 for a second, unused port."""
        found: Protocols = {}
        for entry in children(reply, "NetworkProtocols"):
            ports = tuple(port for node in children(entry, "Port") if (port := integer(node)))
            found[text(entry, "Name").upper()] = (boolean(entry, "Enabled") or False, ports)
        found.pop("", None)
        return found


@dataclass(frozen=True, slots=True)
class SetNetworkProtocols(Request[None]):
    """Switch protocols on and off; what is not named stays as it is."""

    service = Service.DEVICE
    operation = "SetNetworkProtocols"
    protocols: tuple[tuple[str, bool, tuple[int, ...]], ...]

    def content(self) -> str:
        """Return the arguments."""
        return "".join(
            f"<tds:NetworkProtocols><tt:Name>{escape(name)}</tt:Name><tt:Enabled>{flag(on)}</tt:Enabled>"
            + "".join(f"<tt:Port>{port}</tt:Port>" for port in ports or (_USUAL_PORTS.get(name, 0),))
            + "</tds:NetworkProtocols>"
            for name, on, ports in self.protocols
        )

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


@dataclass(frozen=True, slots=True)
class GetDiscoveryMode(Request[bool]):
    """Whether the device answers WS-Discovery."""

    service = Service.DEVICE
    operation = "GetDiscoveryMode"

    def decode(self, reply: Element) -> bool:
        """Return True for Discoverable."""
        return text(reply, "DiscoveryMode").lower() == "discoverable"


@dataclass(frozen=True, slots=True)
class SetDiscoveryMode(Request[None]):
    """Switch WS-Discovery."""

    service = Service.DEVICE
    operation = "SetDiscoveryMode"
    discoverable: bool

    def content(self) -> str:
        """Return the arguments."""
        mode = "Discoverable" if self.discoverable else "NonDiscoverable"
        return f"<tds:DiscoveryMode>{mode}</tds:DiscoveryMode>"

    def decode(self, reply: Element) -> None:
        """The reply is empty."""
