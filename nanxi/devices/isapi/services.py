"""What listens on the device: ports of Security/adminAccesses, and services with documents of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nanxi.devices.isapi.document import set_text
from nanxi.devices.state import Protocols
from nanxi.devices.values import Element, boolean, children, integer, text

PORTS, PORTS_ROOT, PORT = "Security/adminAccesses", "AdminAccessProtocolList", "AdminAccessProtocol"

#: The maker's own protocols. Recorders of its make reach their cameras through them, so nobody's plan for HTTP and
#: RTSP says that they are unused.
_MAKERS_OWN = frozenset({"DEV_MANAGE", "SDK_OVER_TLS", "IOT"})


class Switch(NamedTuple):
    """A service that has one document with ``enabled`` in it."""

    name: str
    path: str


SWITCHES = (
    Switch("UPNP", "System/Network/UPnP"),
    Switch("SSH", "System/Network/ssh"),
    Switch("TELNET", "System/Network/telnetd"),
    Switch("EZVIZ", "System/Network/EZVIZ"),  # the maker's cloud
    Switch("EHOME", "System/Network/Ehome"),  # its own access to platforms, ISUP
)


def read_ports(root: Element) -> Protocols:
    """Return the protocols that can be switched; an entry without ``enabled`` cannot."""
    found: Protocols = {}
    for entry in children(root, PORT):
        name, enabled = text(entry, "protocol"), boolean(entry, "enabled")
        if name and enabled is not None and name not in _MAKERS_OWN:
            port = integer(entry, "portNo")
            found[name.upper()] = (enabled, () if port is None else (port,))
    return found


def write_ports(root: Element, wanted: Mapping[str, bool]) -> list[str]:
    """Switch protocols, ports stay as they are; return the ids of the entries that changed."""
    changed = []
    for entry in children(root, PORT):
        name = text(entry, "protocol").upper()
        if name in wanted and boolean(entry, "enabled") not in (None, wanted[name]):
            set_text(entry, wanted[name], "enabled")
            changed.append(text(entry, "id"))
    return changed


def is_on(root: Element | None) -> bool | None:
    """Return whether a service with a document of its own is on; None where it cannot be told."""
    return boolean(root, "enabled")
