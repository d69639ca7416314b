"""Identity, clock, time servers, network, ports: what ISAPI and ONVIF's device service both know."""

from __future__ import annotations

from datetime import datetime, timezone
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError

from lab.twin.clock import as_utc
from lab.twin.isapi.bindings import bind
from lab.twin.isapi.replies import Problem
from lab.twin.isapi.tree import Element, put, text
from lab.twin.services.device_clock import POSIX, utc_offset
from lab.twin.services.device_network import mac_address
from lab.twin.settings import Dns, Ntp, Protocol
from lab.twin.twin import Twin

_UNSET = "0.0.0.0"  # noqa: S104 - how the firmware writes "no address"
_TYPES = {"camera": "IPCamera", "nvr": "NVR", "dvr": "DVR", "": ""}


def show_identity(twin: Twin, root: Element, _channel: int) -> None:
    """Tell who the device is; only its name is a setting."""
    identity, installed = twin.profile.identity, twin.installation
    model = installed.model or identity.model
    firmware, _, released = identity.firmware.partition(" ")
    for path, value in {
        "deviceID": f"48443030-3030-0000-0000-{installed.digits(12)}",
        "model": model,
        "serialNumber": installed.serial_number or f"{model}{installed.digits(12)}",
        "macAddress": mac_address(twin),
        "firmwareVersion": firmware,
        "firmwareReleasedDate": released,
        "deviceType": _TYPES[twin.profile.isapi.documents],
    }.items():
        put(root, path, value)


def take_identity(_twin: Twin, root: Element, _channel: int) -> None:
    """Check the name; the document keeps it."""
    if not 0 < len(text(root, "deviceName").encode()) <= 32:
        raise Problem("badParameters", "deviceName")


def show_time(twin: Twin, root: Element, _channel: int) -> None:
    """Tell the local time with its distance from UTC."""
    clock = twin.settings.clock
    put(root, "timeMode", "NTP" if clock.source == "NTP" else "manual")
    local = as_utc(twin.now()).astimezone(timezone(utc_offset(clock.timezone)))
    put(root, "localTime", local.isoformat(timespec="seconds"))
    put(root, "timeZone", clock.timezone)


def take_time(twin: Twin, root: Element, _channel: int) -> None:
    """Set mode and zone, and the time in manual mode."""
    source = {"ntp": "NTP", "manual": "Manual"}.get(text(root, "timeMode").lower())
    zone = text(root, "timeZone")
    if source is None or POSIX.fullmatch(zone) is None:
        raise Problem("badParameters", "timeMode" if source is None else "timeZone")
    if twin.traits.clock.timezones == "fixed":
        zone = twin.settings.clock.timezone
    shown = None
    if source == "Manual":
        try:
            moment = datetime.fromisoformat(text(root, "localTime"))
        except ValueError:
            raise Problem("badParameters", "localTime") from None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone(utc_offset(zone)))
        shown = moment.timestamp()
    twin.set_clock(twin.settings.clock.model_copy(update={"source": source, "timezone": zone}), shown)


def set_zone(twin: Twin, zone: str) -> None:
    """Set the zone alone, System/time/timeZone, which is plain text.

    Raises:
        Problem: it is no POSIX TZ.
    """
    if POSIX.fullmatch(zone) is None:
        raise Problem("badParameters", "timeZone")
    if twin.traits.clock.timezones != "fixed":
        twin.set_clock(twin.settings.clock.model_copy(update={"timezone": zone}), None)


def show_ntp(twin: Twin, root: Element, _channel: int) -> None:
    """Tell the servers in their places; firmware of a few places forgets the rest."""
    servers = twin.settings.ntp.manual
    for index, item in enumerate(root.findall("NTPServer")):
        server = servers[index] if index < len(servers) else _UNSET
        numeric = server.replace(".", "").isdigit()
        put(item, "addressingFormatType", "ipaddress" if numeric else "hostname")
        for place in item.findall("ipAddress") + item.findall("hostName"):
            place.tag, place.text = "ipAddress" if numeric else "hostName", server


def take_ntp(twin: Twin, root: Element, _channel: int) -> None:
    """Set the servers."""
    items = root.findall("NTPServer")
    if len(items) > twin.profile.isapi.ntp_slots:
        raise Problem("badParameters", "NTPServer")
    servers = tuple(text(item, "ipAddress") or text(item, "hostName") for item in items)
    manual = tuple(server for server in servers if server not in ("", _UNSET))
    twin.change("ntp", Ntp(from_dhcp=False, manual=manual, dhcp=twin.settings.ntp.dhcp))


def show_network(twin: Twin, root: Element, _channel: int) -> None:
    """Tell the one interface."""
    network, installed, dns = twin.settings.network, twin.installation, twin.settings.dns
    prefix = network.prefix_length or installed.prefix_length
    gateways = (installed.gateway,) if network.gateways is None else network.gateways
    servers = (*(dns.dhcp if dns.from_dhcp else dns.manual), _UNSET, _UNSET)
    place = "NetworkInterface/IPAddress/"
    for path, value in {
        "addressingType": "dynamic" if network.dhcp else "static",
        "ipAddress": network.address or installed.address,
        "subnetMask": IPv4Network((0, prefix)).netmask,
        "DefaultGateway/ipAddress": gateways[0] if gateways else _UNSET,
        "PrimaryDNS/ipAddress": servers[0],
        "SecondaryDNS/ipAddress": servers[1],
    }.items():
        put(root, place + path, value)
    put(root, "NetworkInterface/Link/MACAddress", mac_address(twin))
    put(root, "NetworkInterface/Link/MTU", network.mtu)


def take_network(twin: Twin, root: Element, _channel: int) -> None:
    """Set address, gateway and name servers; the twin itself stays where the register says."""
    item = root.find("NetworkInterface/IPAddress")
    assert item is not None
    dhcp = text(item, "addressingType") == "dynamic"
    try:
        address = IPv4Address(text(item, "ipAddress"))
        prefix = IPv4Network(f"0.0.0.0/{text(item, 'subnetMask')}").prefixlen
        gateway = IPv4Address(text(item, "DefaultGateway/ipAddress"))
        servers = [IPv4Address(text(item, f"{name}/ipAddress")) for name in ("PrimaryDNS", "SecondaryDNS")]
    except (AddressValueError, NetmaskValueError):
        raise Problem("badParameters", "IPAddress") from None
    changed = {"dhcp": dhcp, "address": address, "prefix_length": prefix, "gateways": (str(gateway),)}
    twin.change("network", twin.settings.network.model_copy(update=changed))
    if not dhcp:
        manual = tuple(str(server) for server in servers if str(server) != _UNSET)
        twin.change("dns", Dns(search=twin.settings.dns.search, manual=manual, dhcp=twin.settings.dns.dhcp))


def show_ports(twin: Twin, root: Element, _channel: int) -> None:
    """Tell HTTP, HTTPS and RTSP as ONVIF does; the maker's own protocols are the document's."""
    known = {protocol.name: protocol for protocol in twin.settings.protocols}
    for item in root.findall("AdminAccessProtocol"):
        if protocol := known.get(text(item, "protocol")):
            put(item, "enabled", protocol.enabled)
            put(item, "portNo", protocol.ports[0])


def take_ports(twin: Twin, root: Element, _channel: int) -> None:
    """Switch protocols."""
    known = {protocol.name: protocol for protocol in twin.settings.protocols}
    for item in root.findall("AdminAccessProtocol"):
        if name := next((name for name in known if name == text(item, "protocol")), None):
            try:
                ports = (int(text(item, "portNo")),)
            except ValueError:
                raise Problem("badParameters", "portNo") from None
            known[name] = Protocol(name=name, enabled=text(item, "enabled") == "true", ports=ports)
    twin.change("protocols", tuple(known.values()))


bind("System/deviceInfo", show_identity, take_identity)
bind("System/time", show_time, take_time)
bind("System/time/ntpServers", show_ntp, take_ntp)
bind("System/Network/interfaces", show_network, take_network)
bind("Security/adminAccesses", show_ports, take_ports)
