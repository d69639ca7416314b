"""Is the device at this address the one that the register means? Nobody can change who a device is."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState

_SWAPPED = "another device answers at this address, or the register is out of date"


def plan_identity(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield findings for the serial number, where the register has one, and the MAC address."""
    if actual.identity is not None and declared.serial_number:
        serial = actual.identity.serial_number
        if serial.casefold() != declared.serial_number.casefold():
            yield _finding("serial_number", serial, declared.serial_number)
    mac = actual.network.mac if actual.network else ""
    if mac and declared.mac and mac.casefold() != declared.mac.casefold():
        yield _finding("mac", mac, declared.mac)


def _finding(field: str, before: str, after: str) -> Change:
    return Change(Aspect.IDENTITY, f"identity.{field}", before, after, applicable=False, reason=_SWAPPED)
