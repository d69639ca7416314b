"""tt:NetworkHost and tt:IPAddress: an address in one of three elements, chosen by a type."""

from __future__ import annotations

from ipaddress import ip_address

from nanxi.devices.values import Element, children, escape, text


def address_of(element: Element) -> str:
    """Return the address or name that the element holds, whatever its Type says; empty when there is none."""
    for name in ("IPv4Address", "IPv6Address", "DNSname"):
        if value := text(element, name):
            return value
    return ""


def hosts_of(parent: Element | None, name: str) -> tuple[str, ...]:
    """Return the addresses of all children ``name``, in order; empty and all-zero ones are left out.

    Hikvision writes an empty IPv4Address, others 0.0.0.0 or ``::``, for a server that is not set.
    """
    found = (address_of(element) for element in children(parent, name))
    return tuple(address for address in found if address and address not in ("0.0.0.0", "::"))  # noqa: S104


def network_host(value: str) -> str:
    """Return the content of a tt:NetworkHost or tt:IPAddress for an address, or for a name."""
    try:
        version = ip_address(value).version
    except ValueError:
        return f"<tt:Type>DNS</tt:Type><tt:DNSname>{escape(value)}</tt:DNSname>"
    return f"<tt:Type>IPv{version}</tt:Type><tt:IPv{version}Address>{value}</tt:IPv{version}Address>"
