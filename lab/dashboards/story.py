"""What goes wrong in the six hours before ``end``, and for whom: data that the signals of every device follow."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from nanxi.estate import Estate
from nanxi.register.model import Camera, Device, State, Switch

MINUTE_S = 60.0
Outage = tuple[float, float]  # UNIX times from, to


def draw(*key: str) -> float:
    """Return a number in [0, 1) that stands for ``key``, the same in every run."""
    return zlib.crc32("/".join(key).encode()) / 2**32


@dataclass
class Story:
    """Outages by device, ports without a link, stations whose exporter was silent."""

    end: float
    outages: dict[str, list[Outage]] = field(default_factory=dict)
    ports: dict[tuple[str, str], list[Outage]] = field(default_factory=dict)
    silent: Mapping[str, Outage] = field(default_factory=dict)
    #: Units whose recorder stopped, whose disk runs full, whose mains are gone.
    stopped: str = ""
    full: str = ""
    on_battery: str = ""

    def up(self, host: str, when: float) -> bool:
        """Return whether a device answers at a time."""
        return not _within(self.outages.get(host, ()), when)

    def linked(self, switch: str, port: str, when: float) -> bool:
        """Return whether a port has a link at a time."""
        return not _within(self.ports.get((switch, port), ()), when)

    def told(self, unit: str, when: float) -> bool:
        """Return whether the station's exporter could be scraped."""
        return not _within([self.silent[unit]] if unit in self.silent else [], when)

    def ago(self, minutes: float) -> float:
        """Return the UNIX time so many minutes before the end."""
        return self.end - minutes * MINUTE_S


def _within(outages: object, when: float) -> bool:
    return any(start <= when < end for start, end in outages)  # type: ignore[attr-defined]


def tell(estate: Estate, end: float) -> Story:
    """Return the story of an estate: a dead uplink, lost ports, cameras that came and went, a blind hour, a full disk."""
    story = Story(end, silent={"bilian": (end - 180 * MINUTE_S, end - 130 * MINUTE_S)}, stopped="wuniu",
                  full="yantou", on_battery="hesheng")  # fmt: skip
    for device in estate.devices.values():
        if device.state in (State.PLANNED, State.RETIRED):
            continue
        _alone(story, device)
    _uplink(story, estate)
    return story


def _alone(story: Story, device: Device) -> None:
    """Give a device its own misfortunes."""
    dice = draw(device.host, "fate")
    if not isinstance(device, Camera):
        return
    if device.state is State.REPAIR or dice < 0.008:
        story.outages.setdefault(device.host, []).append((story.ago(500), story.end + 1e9))
    elif dice < 0.014:
        lost = (story.ago(60 + 3000 * dice), story.end + 1e9)
        story.outages.setdefault(device.host, []).append(lost)
        story.ports.setdefault((device.switch, device.switch_port), []).append(lost)
    elif dice < 0.06:
        begin = story.ago(40 + 5000 * dice)
        story.outages.setdefault(device.host, []).append(
            (begin, begin + (8 + 600 * (dice - 0.014)) * MINUTE_S)
        )


def _uplink(story: Story, estate: Estate) -> None:
    """Let the first switch that hangs on another lose its line, and with it everything that it carries."""
    lost = (story.ago(42), story.end + 1e9)
    below = next((one for one in estate.devices.values() if isinstance(one, Switch) and one.switch), None)
    if below is None:
        return
    story.ports.setdefault((below.switch, below.switch_port), []).append(lost)
    for device in estate.devices.values():
        if below.host in (device.host, device.switch):
            story.outages.setdefault(device.host, []).append(lost)
