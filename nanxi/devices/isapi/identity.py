"""Who the device is and what it is called: System/deviceInfo."""

from __future__ import annotations

from nanxi.devices.isapi.document import set_text
from nanxi.devices.state import Identity
from nanxi.devices.values import Element, normal_mac, text

PATH, ROOT = "System/deviceInfo", "DeviceInfo"

_LONGEST = 32  # bytes of a device's name


def read_identity(root: Element) -> Identity:
    """Return the identity; the firmware as the maker writes it, version and build."""
    return Identity(
        manufacturer=text(root, "manufacturer") or "hikvision",
        model=text(root, "model"),
        firmware=" ".join(filter(None, (text(root, "firmwareVersion"), text(root, "firmwareReleasedDate")))),
        serial_number=text(root, "serialNumber"),
        hardware_id=text(root, "hardwareVersion"),
        mac=normal_mac(text(root, "macAddress")),
    )


def read_name(root: Element) -> str:
    """Return the device's name, which stands for its host name: ISAPI has no other."""
    return text(root, "deviceName")


def write_name(root: Element, name: str) -> None:
    """Set the name, as much of it as fits."""
    set_text(root, name.encode()[:_LONGEST].decode("utf-8", "ignore"), "deviceName")
