"""tt:NetworkHost: a server by IPv4 address, IPv6 address or DNS name."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

from lxml import etree

from lab.twin.markup import Xml, el
from lab.twin.soap import invalid_value, nodes, text

_DNS_NAME = re.compile(r"(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9-]{1,63})*")


def is_ipv4(host: str) -> bool:
    """Return whether a host is an IPv4 address."""
    try:
        IPv4Address(host)
    except AddressValueError:
        return False
    return True


def ip_address(tag: str, address: str) -> Xml:
    """Return a tt:IPAddress."""
    kind = "IPv6" if ":" in address else "IPv4"
    return el(tag, el("tt:Type", kind), el(f"tt:{kind}Address", address))


def network_host(tag: str, host: str) -> Xml:
    """Return a tt:NetworkHost."""
    if is_ipv4(host) or ":" in host:
        return ip_address(tag, host)
    return el(tag, el("tt:Type", "DNS"), el("tt:DNSname", host))


def read_hosts(request: etree._Element, path: str, *, bad_address: str) -> tuple[str, ...]:
    """Return the hosts at a path of a request.

    Raises:
        lab.twin.soap.Fault: one is no host; ``bad_address`` is the inner subcode.
    """
    return tuple(_read(node, bad_address) for node in nodes(request, path))


def _read(node: etree._Element, bad_address: str) -> str:
    kind = text(node, "tt:Type")
    host = (
        text(node, {"IPv4": "tt:IPv4Address", "IPv6": "tt:IPv6Address"}.get(kind or "", "tt:DNSname")) or ""
    )
    try:
        if kind == "IPv4":
            return str(IPv4Address(host))
        if kind == "IPv6":
            return str(IPv6Address(host))
    except AddressValueError:
        raise invalid_value(bad_address, f"{kind} address is invalid") from None
    if kind != "DNS" or not _DNS_NAME.fullmatch(host):
        raise invalid_value("ter:InvalidDnsName", "DNS name is invalid")
    return host
