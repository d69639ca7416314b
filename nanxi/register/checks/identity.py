"""What names or reaches one device only: code, running number, address, MAC, maker's serial number."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.register.checks.rule import View, place, repeated, rule
from nanxi.register.model import Device

Found = Iterator[tuple[Device, str, str, str]]


@rule("code-twice")
def code_twice(view: View) -> Found:
    """A code names one device of the county for ever, retired ones included."""
    for device, other in repeated(view.devices, lambda one: one.code):
        remedy = "give one of them its own code (`scripts/register new`)"
        yield device, "code", f"{place(other)} has the same code", remedy


@rule("serial-twice")
def serial_twice(view: View) -> Found:
    """Unit, kind and running number make the host name."""
    for device, other in repeated(view.devices, lambda one: one.host):
        yield (
            device,
            "serial",
            f"row {other.line} has the same number",
            "take the next free one; retired ones count",
        )


@rule("original-code-twice")
def original_code_twice(view: View) -> Found:
    """An old code belonged to one device."""
    for device, other in repeated(view.live, lambda one: one.original_code or None):
        yield (
            device,
            "original_code",
            f"{place(other)} has the same original code",
            "look it up in the old ledger",
        )


@rule("address-twice")
def address_twice(view: View) -> Found:
    """Two devices on one address answer in turns."""
    for device, other in repeated(view.live, lambda one: one.ipv4):
        yield device, "ipv4", f"{place(other)} has the same address", "give one of them another address"


@rule("mac-twice")
def mac_twice(view: View) -> Found:
    """A MAC address is burnt into one device."""
    for device, other in repeated(view.live, lambda one: one.mac or None):
        yield device, "mac", f"{place(other)} has the same MAC address", "read both labels"


@rule("serial-number-twice")
def serial_number_twice(view: View) -> Found:
    """A maker gives a serial number once."""
    for device, other in repeated(view.live, _maker_serial):
        yield device, "serial_number", f"{place(other)} has the same serial number", "read both labels"


def _maker_serial(device: Device) -> tuple[str, str] | None:
    return (device.vendor, device.serial_number) if device.serial_number else None
