"""DNS, interface and gateway: operations of the device service (ONVIF Core 8.2)."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.onvif.address import hosts_of, network_host
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.state import Dns
from nanxi.devices.values import (
    Element,
    attribute,
    boolean,
    child,
    children,
    escape,
    flag,
    integer,
    normal_mac,
    text,
)


@dataclass(frozen=True, slots=True)
class GetDNS(Request[Dns]):
    """Read the name servers."""

    service = Service.DEVICE
    operation = "GetDNS"

    def decode(self, reply: Element) -> Dns:
        """Return the settings."""
        information = child(reply, "DNSInformation")
        return Dns(boolean(information, "FromDHCP") or False, hosts_of(information, "DNSManual"))


@dataclass(frozen=True, slots=True)
class SetDNS(Request[None]):
    """Set manual name servers."""

    service = Service.DEVICE
    operation = "SetDNS"
    servers: tuple[str, ...]

    def content(self) -> str:
        """Return the arguments."""
        servers = "".join(f"<tds:DNSManual>{network_host(server)}</tds:DNSManual>" for server in self.servers)
        return f"<tds:FromDHCP>{flag(False)}</tds:FromDHCP>{servers}"

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


@dataclass(frozen=True, slots=True)
class Interface:
    """An IPv4 interface; ``mac`` as XX-XX-XX-XX-XX-XX."""

    token: str
    address: str
    prefix_length: int
    dhcp: bool
    mac: str


@dataclass(frozen=True, slots=True)
class GetNetworkInterfaces(Request[Interface | None]):
    """Read the first enabled interface that has an IPv4 address."""

    service = Service.DEVICE
    operation = "GetNetworkInterfaces"

    def decode(self, reply: Element) -> Interface | None:
        """Return the interface, None when the device names none that is enabled."""
        found = [_interface(entry) for entry in children(reply, "NetworkInterfaces") if _enabled(entry)]
        return next((entry for entry in found if entry.address), found[0] if found else None)


@dataclass(frozen=True, slots=True)
class SetNetworkInterfaces(Request[bool]):
    """Set a fixed IPv4 address; the reply says whether a restart is needed."""

    service = Service.DEVICE
    operation = "SetNetworkInterfaces"
    token: str
    address: str
    prefix_length: int

    def content(self) -> str:
        """Return the arguments."""
        return (
            f"<tds:InterfaceToken>{escape(self.token)}</tds:InterfaceToken><tds:NetworkInterface>"
            f"<tt:Enabled>true</tt:Enabled><tt:IPv4><tt:Enabled>true</tt:Enabled>"
            f"<tt:Manual><tt:Address>{self.address}</tt:Address>"
            f"<tt:PrefixLength>{self.prefix_length}</tt:PrefixLength></tt:Manual><tt:DHCP>false</tt:DHCP>"
            f"</tt:IPv4></tds:NetworkInterface>"
        )

    def decode(self, reply: Element) -> bool:
        """Return whether the device wants a restart."""
        return boolean(reply, "RebootNeeded") or False


@dataclass(frozen=True, slots=True)
class GetNetworkDefaultGateway(Request[str]):
    """Read the IPv4 gateway."""

    service = Service.DEVICE
    operation = "GetNetworkDefaultGateway"

    def decode(self, reply: Element) -> str:
        """Return the first IPv4 gateway, empty when there is none."""
        return next((text(entry) for entry in children(child(reply, "NetworkGateway"), "IPv4Address")), "")


@dataclass(frozen=True, slots=True)
class SetNetworkDefaultGateway(Request[None]):
    """Set the IPv4 gateway."""

    service = Service.DEVICE
    operation = "SetNetworkDefaultGateway"
    address: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<tds:IPv4Address>{self.address}</tds:IPv4Address>"

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


def _enabled(entry: Element) -> bool:
    return boolean(entry, "Enabled") is not False


def _interface(entry: Element) -> Interface:
    """Read one interface; Hikvision leaves Manual empty and fills FromDHCP when DHCP is on."""
    config = child(entry, "IPv4", "Config")
    dhcp = boolean(config, "DHCP") or False
    sources = ("FromDHCP", "Manual") if dhcp else ("Manual", "FromDHCP")
    held = next((node for name in sources for node in children(config, name) if text(node, "Address")), None)
    return Interface(
        token=attribute(entry, "token"),
        address=text(held, "Address"),
        prefix_length=integer(held, "PrefixLength") or 0,
        dhcp=dhcp,
        mac=normal_mac(text(entry, "Info", "HwAddress")),
    )
