"""The interface with its name servers: System/Network/interfaces."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, NetmaskValueError

from nanxi.devices.errors import FaultError
from nanxi.devices.isapi.document import set_if_there, set_text
from nanxi.devices.state import Dns, NetworkState
from nanxi.devices.values import Element, child, normal_mac, text

PATH, ROOT, ITEM = "System/Network/interfaces", "NetworkInterfaceList", "NetworkInterface"

_UNSET = "0.0.0.0"  # noqa: S104 - how firmware writes "no address"
_SERVERS = ("PrimaryDNS", "SecondaryDNS")


def read_network(root: Element) -> NetworkState | None:
    """Return the first interface."""
    entry = child(root, ITEM)
    address = child(entry, "IPAddress")
    if entry is None or address is None:
        return None
    return NetworkState(
        address=text(address, "ipAddress"),
        prefix_length=_prefix_length(text(address, "subnetMask")),
        dhcp=_dynamic(address),
        gateway=text(address, "DefaultGateway", "ipAddress"),
        mac=normal_mac(text(entry, "Link", "MACAddress")),
    )


def read_dns(root: Element) -> Dns | None:
    """Return the name servers; they come from DHCP together with the address."""
    address = child(root, ITEM, "IPAddress")
    if address is None:
        return None
    servers = (text(address, name, "ipAddress") for name in _SERVERS)
    return Dns(_dynamic(address), tuple(server for server in servers if server not in ("", _UNSET)))


def write_dns(root: Element, servers: Sequence[str]) -> None:
    """Set the name servers.

    Raises:
        FaultError: they come from DHCP; only a fixed address, which nobody asked for, would change that.
    """
    address = child(root, ITEM, "IPAddress")
    if address is None or _dynamic(address):
        raise FaultError("the name servers come from DHCP together with the address; give it a fixed address")
    for name, server in zip(_SERVERS, (*servers, _UNSET, _UNSET), strict=False):
        if not set_if_there(address, server, name, "ipAddress") and server != _UNSET:
            raise FaultError(f"the device has no {name}")


def write_network(
    root: Element, address: IPv4Address, prefix_length: int, gateway: str, servers: Sequence[str]
) -> None:
    """Set a fixed address, and the name servers that DHCP gave until now."""
    set_text(root, "static", ITEM, "IPAddress", "addressingType")
    set_text(root, address, ITEM, "IPAddress", "ipAddress")
    set_text(root, IPv4Network((0, prefix_length)).netmask, ITEM, "IPAddress", "subnetMask")
    set_text(root, gateway, ITEM, "IPAddress", "DefaultGateway", "ipAddress")
    write_dns(root, servers)


def _dynamic(address: Element) -> bool:
    return text(address, "addressingType").lower() == "dynamic"


def _prefix_length(mask: str) -> int:
    try:
        return IPv4Network(f"0.0.0.0/{mask}").prefixlen
    except (NetmaskValueError, ValueError):
        return 0
