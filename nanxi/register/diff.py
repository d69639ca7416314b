"""What differs between two registers, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from nanxi.register.columns import titles
from nanxi.register.model import Device


@dataclass(frozen=True, slots=True)
class Difference:
    """One device that was added or removed (``field`` empty), or one field of it that changed."""

    change: str
    host: str
    code: str
    field: str = ""
    old: object = None
    new: object = None

    def __str__(self) -> str:
        if not self.field:
            return f"{self.change} {self.host} {self.code}"
        return f"{self.change} {self.host} {self.field}: {_text(self.old)} -> {_text(self.new)}"


def diff(old: Mapping[str, Device], new: Mapping[str, Device]) -> Iterator[Difference]:
    """Yield what was removed, added and changed, in the order of the registers.

    A device keeps its code for life, so codes pair the rows; rows whose code was mended are paired by host name.
    """
    by_code = {device.code: device for device in new.values()}
    pairs: list[tuple[Device, Device]] = []
    left: list[Device] = []
    for device in old.values():
        partner = by_code.pop(device.code, None)
        if partner is not None:
            pairs.append((device, partner))
        else:
            left.append(device)
    by_host = {device.host: device for device in by_code.values()}
    for device in left:
        partner = by_host.pop(device.host, None)
        if partner is not None:
            pairs.append((device, partner))
        else:
            yield Difference("removed", device.host, device.code)
    for device in by_host.values():
        yield Difference("added", device.host, device.code)
    for before, after in pairs:
        yield from _changes(before, after)


def _changes(before: Device, after: Device) -> Iterator[Difference]:
    if before.host != after.host:
        yield Difference("changed", after.host, after.code, "host", before.host, after.host)
    for field in {**titles(type(before)), **titles(type(after))}:
        one, other = getattr(before, field, None), getattr(after, field, None)
        if one != other and field != "serial":
            yield Difference("changed", after.host, after.code, field, one, other)


def _text(value: object) -> str:
    return "(empty)" if value in (None, "") else str(value)
