"""What a rule is: a name, and a generator of mistakes over a view of the whole register."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from nanxi.county.model import Plan
from nanxi.register.model import Camera, Device, State

Checked = TypeVar("Checked", bound=Device)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A broken rule: the device, the field that is wrong, why, and what would be right."""

    rule: str
    device: Device
    field: str
    problem: str
    remedy: str


@dataclass(frozen=True)
class View:
    """The whole register as the rules see it."""

    plan: Plan
    devices: list[Device]
    incomplete: frozenset[str] = frozenset()
    cameras: list[Camera] = field(init=False)
    live: list[Device] = field(init=False)
    by_host: dict[str, Device] = field(init=False)

    def __post_init__(self) -> None:
        cameras = [device for device in self.devices if isinstance(device, Camera)]
        object.__setattr__(self, "cameras", cameras)
        # A retired device has left its pole: its address, MAC and ports are free again, its code and serial never.
        object.__setattr__(self, "live", [one for one in self.devices if one.state is not State.RETIRED])
        object.__setattr__(self, "by_host", {device.host: device for device in self.devices})


Rule = Callable[[View], Iterable[Mistake]]
Finder = Callable[[View], Iterator[tuple[Device, str, str, str]]]

#: Every rule by its name, in the order in which they are registered.
RULES: dict[str, Rule] = {}


def rule(name: str) -> Callable[[Finder], Finder]:
    """Register a generator of (device, field, problem, remedy) as the rule ``name``."""

    def register(finder: Finder) -> Finder:
        def run(view: View) -> Iterator[Mistake]:
            for device, at, problem, remedy in finder(view):
                yield Mistake(name, device, at, problem, remedy)

        RULES[name] = run
        return finder

    return register


def repeated(
    devices: Iterable[Checked], key: Callable[[Checked], Hashable]
) -> Iterator[tuple[Checked, Checked]]:
    """Yield (device, first one with the same key) for every device whose key an earlier one has; None is no key."""
    first: dict[Hashable, Checked] = {}
    for device in devices:
        value = key(device)
        if value is None:
            continue
        other = first.setdefault(value, device)
        if other is not device:
            yield device, other


def place(device: Device) -> str:
    """Return where a device stands, for a mistake that two rows share."""
    return f"{device.host} ({device.unit}/{device.kind}.csv row {device.line})"
