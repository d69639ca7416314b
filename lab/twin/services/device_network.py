"""Device service: host name, name servers, interfaces, gateway, protocols (ONVIF Core 8.2)."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address

from lxml import etree

from lab.twin.auth.access import Access
from lab.twin.markup import Content, el, opt
from lab.twin.services.hosts import ip_address, read_hosts
from lab.twin.services.table import Call, operation
from lab.twin.settings import Dns, Hostname, Network, Protocol
from lab.twin.soap import flag, invalid_value, node, nodes, text
from lab.twin.twin import Twin

#: RFC 1123, section 2.1: one label.
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def mac_address(twin: Twin) -> str:
    """Return the MAC address as the firmware writes it (Pelco leaves the separators out)."""
    octets = twin.installation.mac.upper()
    if not octets:
        own = twin.installation.digits(6)
        octets = "-".join((twin.profile.identity.oui, own[:2], own[2:4], own[4:]))
    return octets.replace(
        "-", {"colons": ":", "dashes": "-", "bare": ""}[twin.traits.soap.mac_format]
    ).lower()


@operation("tds:GetHostname", Access.PRE_AUTH)
def get_hostname(call: Call) -> Content:
    """Tell the host name."""
    hostname = call.settings.hostname
    name = None if hostname.name is None else el("tt:Name", hostname.name)
    return el("tds:HostnameInformation", el("tt:FromDHCP", hostname.from_dhcp), name)


@operation("tds:SetHostname", Access.WRITE_SYSTEM)
def set_hostname(call: Call) -> Content:
    """Set the host name by hand."""
    name = text(call.request, "tds:Name") or ""
    if not _LABEL.fullmatch(name):
        raise invalid_value("ter:InvalidHostname", "The host name is not valid")
    call.twin.change("hostname", Hostname(name=name))
    return None


@operation("tds:SetHostnameFromDHCP", Access.WRITE_SYSTEM)
def set_hostname_from_dhcp(call: Call) -> Content:
    """Switch between a host name from DHCP and the one set by hand; no reboot is needed."""
    from_dhcp = flag(call.request, "tds:FromDHCP")
    if from_dhcp is None:
        raise invalid_value("ter:InvalidParameter", "FromDHCP is missing")
    call.twin.change("hostname", call.settings.hostname.model_copy(update={"from_dhcp": from_dhcp}))
    return el("tds:RebootNeeded", False)


@operation("tds:GetDNS", Access.READ_SYSTEM)
def get_dns(call: Call) -> Content:
    """Tell the name servers."""
    dns = call.settings.dns
    return el(
        "tds:DNSInformation",
        el("tt:FromDHCP", dns.from_dhcp),
        [el("tt:SearchDomain", domain) for domain in dns.search],
        [ip_address("tt:DNSFromDHCP", host) for host in dns.dhcp if dns.from_dhcp],
        [ip_address("tt:DNSManual", host) for host in dns.manual],
    )


@operation("tds:SetDNS", Access.WRITE_SYSTEM)
def set_dns(call: Call) -> Content:
    """Set the name servers."""
    from_dhcp = flag(call.request, "tds:FromDHCP")
    if from_dhcp is None:
        raise invalid_value("ter:InvalidParameter", "FromDHCP is missing")
    changed = Dns(
        from_dhcp=from_dhcp,
        search=tuple((item.text or "").strip() for item in nodes(call.request, "tds:SearchDomain")),
        manual=read_hosts(call.request, "tds:DNSManual", bad_address="ter:InvalidIPv4Address"),
        dhcp=call.settings.dns.dhcp,
    )
    call.twin.change("dns", changed)
    return None


@operation("tds:GetNetworkInterfaces", Access.READ_SYSTEM)
def get_network_interfaces(call: Call) -> Content:
    """Tell the one interface."""
    twin, network = call.twin, call.settings.network
    address = el(
        "tt:FromDHCP" if network.dhcp else "tt:Manual",
        el("tt:Address", str(network.address or twin.installation.address)),
        el("tt:PrefixLength", network.prefix_length or twin.installation.prefix_length),
    )
    return el(
        "tds:NetworkInterfaces",
        el("tt:Enabled", network.enabled),
        el(
            "tt:Info",
            el("tt:Name", network.interface),
            el("tt:HwAddress", mac_address(twin)),
            el("tt:MTU", network.mtu),
        ),
        el("tt:IPv4", el("tt:Enabled", True), el("tt:Config", address, el("tt:DHCP", network.dhcp))),
        token=network.interface,
    )


@operation("tds:SetNetworkInterfaces", Access.WRITE_SYSTEM)
def set_network_interfaces(call: Call) -> Content:
    """Change the interface's settings.

    A twin stays reachable where the register says, as its address there is what impersonates the device: the
    settings change and are told, nothing moves.
    """
    network = call.settings.network
    if text(call.request, "tds:InterfaceToken") != network.interface:
        raise invalid_value(
            "ter:InvalidNetworkInterface", "The supplied network interface token does not exist"
        )
    wanted = node(call.request, "tds:NetworkInterface")
    if wanted is None:
        raise invalid_value("ter:InvalidParameter", "NetworkInterface is missing")
    call.twin.change("network", _changed_network(network, wanted))
    return el("tds:RebootNeeded", True)


@operation("tds:GetNetworkDefaultGateway", Access.READ_SYSTEM)
def get_network_default_gateway(call: Call) -> Content:
    """Tell the gateways."""
    network = call.settings.network
    gateways = (call.twin.installation.gateway,) if network.gateways is None else network.gateways
    return el(
        "tds:NetworkGateway",
        [el("tt:IPv4Address", address) for address in gateways],
        opt("tt:IPv6Address", network.ipv6_gateway),
    )


@operation("tds:SetNetworkDefaultGateway", Access.WRITE_SYSTEM)
def set_network_default_gateway(call: Call) -> Content:
    """Set the gateways."""
    gateways = tuple((item.text or "").strip() for item in nodes(call.request, "tds:IPv4Address"))
    for gateway in gateways:
        _ipv4(gateway, "ter:InvalidGatewayAddress")
    call.twin.change("network", call.settings.network.model_copy(update={"gateways": gateways}))
    return None


@operation("tds:GetNetworkProtocols", Access.READ_SYSTEM)
def get_network_protocols(call: Call) -> Content:
    """Tell protocols and ports."""
    return [
        el(
            "tds:NetworkProtocols",
            el("tt:Name", protocol.name),
            el("tt:Enabled", protocol.enabled),
            [el("tt:Port", port) for port in protocol.ports],
        )
        for protocol in call.settings.protocols
    ]


@operation("tds:SetNetworkProtocols", Access.WRITE_SYSTEM)
def set_network_protocols(call: Call) -> Content:
    """Switch protocols; those that the request does not name stay as they are."""
    protocols = {protocol.name: protocol for protocol in call.settings.protocols}
    for wanted in nodes(call.request, "tds:NetworkProtocols"):
        name = text(wanted, "tt:Name")
        known = next((protocol for key, protocol in protocols.items() if key == name), None)
        if known is None:
            raise invalid_value("ter:ServiceNotSupported", "The supplied network service is not supported")
        try:
            ports = tuple(int(port.text or "") for port in nodes(wanted, "tt:Port"))
        except ValueError:
            raise invalid_value("ter:InvalidParameter", "Port is not a number") from None
        enabled = bool(flag(wanted, "tt:Enabled"))
        protocols[known.name] = Protocol(name=known.name, enabled=enabled, ports=ports or known.ports)
    call.twin.change("protocols", tuple(protocols.values()))
    return None


def _changed_network(network: Network, wanted: etree._Element) -> Network:
    update: dict[str, object] = {}
    if (enabled := flag(wanted, "tt:Enabled")) is not None:
        update["enabled"] = enabled
    if (dhcp := flag(wanted, "tt:IPv4/tt:DHCP")) is not None:
        update["dhcp"] = dhcp
    if (address := text(wanted, "tt:IPv4/tt:Manual/tt:Address")) is not None:
        prefix = text(wanted, "tt:IPv4/tt:Manual/tt:PrefixLength") or ""
        if not prefix.isdecimal() or int(prefix) > 32:
            raise invalid_value("ter:InvalidIPv4Address", "PrefixLength is not valid")
        update |= {"address": _ipv4(address, "ter:InvalidIPv4Address"), "prefix_length": int(prefix)}
    return network.model_copy(update=update)


def _ipv4(value: str, subcode: str) -> IPv4Address:
    try:
        return IPv4Address(value)
    except AddressValueError:
        raise invalid_value(subcode, "The address is not valid") from None
