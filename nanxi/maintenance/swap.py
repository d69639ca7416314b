"""Put another device in the place of a broken one: what the register says of it (pure but for ``record``).

Code, host name, address, place and everything else of the row stay; serial number, MAC address, model and vendor are
the new device's, and the old ones go into the unit's history.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import ValidationError

from nanxi.devices.declare import aspects_of
from nanxi.devices.state import DeviceState
from nanxi.estate import Estate
from nanxi.findings import Finding, InputError, NanxiError
from nanxi.register.checks import check
from nanxi.register.columns import titles
from nanxi.register.history import Replacement, add_to_history
from nanxi.register.load import finding, reason
from nanxi.register.model import Device, Management, State
from nanxi.register.write import cell, rewrite

#: States in which a device can break. One in repair comes back as installed, to be accepted anew.
_REPLACEABLE = frozenset({State.INSTALLED, State.TRIAL, State.ACCEPTED, State.REPAIR})


class SwapError(NanxiError):
    """This device cannot be replaced, or not by that one."""


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on the new device; an empty vendor or model is the old one's."""

    serial_number: str
    mac: str
    vendor: str = ""
    model: str = ""


@dataclass(frozen=True, slots=True)
class Swap:
    """The row before and after. They are equal in a run that goes on where another one ended."""

    old: Device
    new: Device

    @property
    def resumed(self) -> bool:
        """Whether the register has the new device already."""
        return self.old == self.new


def prepare(estate: Estate, host: str, label: Label) -> Swap:
    """Return what the register would say.

    Raises:
        SwapError: nothing speaks to this device, or register and state do not let us write to it.
        InputError: the label cannot be right, or belongs to another device of the register.
    """
    old = estate.devices[host]
    if not (aspects_of(old.kind) and old.spoken_to):
        raise SwapError(f"{host}: no driver speaks to it; mend its row by hand")
    if old.state not in _REPLACEABLE or old.management is not Management.MANAGED:
        raise SwapError(
            f"{host}: {old.state}, {old.management}; only managed devices in service are replaced"
        )
    new = _with_label(old, label)
    # The register was right before, or it would not have been loaded: every mistake now is the label's.
    if mistakes := check(estate.plan, [new if one is old else one for one in estate.devices.values()]):
        raise InputError(map(finding, mistakes))
    return Swap(old, new)


def record(register: Path, swap: Swap, *, why: str, by: str, today: date) -> None:
    """Write the replacement into history and register; when this returns both are on the disk.

    History comes first: a run that dies between the two is run again, and neither is written twice.
    """
    if swap.resumed:
        return
    old, new = swap.old, swap.new
    try:
        row = Replacement(
            date=today, host=old.host, code=old.code, old_vendor=old.vendor, old_model=old.model,
            old_serial_number=old.serial_number, old_mac=old.mac, new_vendor=new.vendor, new_model=new.model,
            new_serial_number=new.serial_number, new_mac=new.mac, reason=why, by=by,
        )  # fmt: skip
    except ValidationError as error:
        fields = ", ".join(str(detail["loc"][0]) for detail in error.errors())
        raise SwapError(f"{old.host}: history needs one line of plain text for {fields}") from None
    add_to_history(register, old.unit, row)
    rewrite(register, new)


def stranger(estate: Estate, device: Device, state: DeviceState) -> str:
    """Return why the device that answers is not the new one, empty when it is.

    Many devices tell no MAC address; then the serial number decides.
    """
    serial = state.identity.serial_number if state.identity else ""
    mac = state.network.mac if state.network else ""
    if serial.casefold() == device.serial_number.casefold() and mac.casefold() in ("", device.mac.casefold()):
        return ""
    known = (
        other.host
        for other in estate.devices.values()
        if other is not device and (other.serial_number == serial != "" or other.mac == mac != "")
    )
    told = f"another device answers at {device.ipv4}: serial number {serial or 'unknown'}, MAC {mac or 'unknown'}"
    return f"{told}, which is {host}" if (host := next(known, "")) else told


def _with_label(old: Device, label: Label) -> Device:
    """Return the row with the label's cells, read as the register reads them."""
    model = type(old)
    cells: dict[str, object] = {name: text for name in titles(model) if (text := cell(old, name))}
    cells |= {"serial_number": label.serial_number, "mac": label.mac}
    cells |= {name: text for name in ("vendor", "model") if (text := getattr(label, name))}
    if old.state is State.REPAIR:
        cells["state"] = State.INSTALLED.value
    try:
        return model.model_validate(cells | {"unit": old.unit, "line": old.line})
    except ValidationError as error:
        file = f"{old.unit}/{old.kind}.csv"
        raise InputError(
            Finding(file, old.line, str(detail["loc"][0]), *reason(detail, model))
            for detail in error.errors(include_url=False)
        ) from None
