"""A county with a story: a synthetic register as its exporters would tell of it, six hours in which things fail.

Every value is a function of time, so the same estate can be written as a past and scraped as the present.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from exporters.probe import identity
from exporters.register.emit import progress, row
from lab.dashboards.devices import Teller, station
from lab.dashboards.series import Drawing, Series
from lab.dashboards.story import Story, draw
from nanxi.county.load import load_plan
from nanxi.estate import Estate
from nanxi.register.model import Camera, Device, State, Switch
from nanxi.register.sample import sample

ROOT = Path(__file__).resolve().parents[2]
SEED = 2008_143
MONTH_S = 62 * 86_400


def county(size: int) -> Estate:
    """Return Yongjia's plan with a synthetic register of ``size`` cameras, most accepted, some on their way there.

    A unit's further switches hang on its first one, which is how an uplink can fail.
    """
    plan = load_plan(ROOT / "inventory/yongjia/plan")
    return Estate(plan=plan, devices={one.host: _aged(one) for one in sample(plan, size, SEED)})


def _aged(device: Device) -> Device:
    dice = draw(device.host, "state")
    if isinstance(device, Camera):
        state = (
            State.REPAIR if dice < 0.015 else State.PLANNED if dice < 0.05 else State.TRIAL if dice < 0.1
            else State.INSTALLED if dice < 0.16 else State.ACCEPTED
        )  # fmt: skip
        return device.model_copy(update={"state": state})
    update: dict[str, object] = {"state": State.ACCEPTED}
    if isinstance(device, Switch) and device.serial > 1:
        update |= {"switch": f"{device.unit}-sw01", "switch_port": f"XGigabitEthernet0/0/{device.serial - 1}"}
    return device.model_copy(update=update)


def series(estate: Estate, story: Story) -> list[Series]:
    """Return every series that the county's exporters would give."""
    made: list[Series] = []
    for unit in estate.plan.units:
        drawing = Drawing(f"{unit.key}-host01:9741")
        station(drawing, unit.key, story)
        made += drawing.series
        head = f'up{{job="nanxi",instance="{unit.key}-host01:9741"}}'
        made.append(Series(head, lambda when, key=unit.key: story.told(key, when)))
    for device in estate.devices.values():
        drawing = Drawing(f"{device.unit}-host01:9741", identity(device))
        drawing.take(row(device, estate))
        if device.state in (State.INSTALLED, State.TRIAL, State.ACCEPTED, State.REPAIR):
            Teller(drawing, device, story).tell()
        made += drawing.series
    county_wide = Drawing("county-host01:9741")
    county_wide.take(progress(estate, estate.devices.values(), story.ago(600), 0))
    return made + county_wide.series


def months(estate: Estate, story: Story) -> Iterator[Series]:
    """Yield what the rules would have recorded in the weeks before: hourly, by unit and class."""
    names = {
        "nanxi:unit_online_ratio:hourly": 0.985,
        "nanxi:unit_intact_ratio": 0.972,
        "nanxi:unit_completeness_ratio": 0.988,
        "nanxi:unit_clock_ratio": 0.984,
        "nanxi:unit_call_up_ratio": 0.979,
    }
    for name, usual in names.items():
        more = ',day="yesterday"' if "completeness" in name else ""
        for unit in estate.plan.units:
            yield Series(f'{name}{{unit="{unit.key}"{more}}}', _month(name, unit.key, usual, story))
    for point_class in ("1", "2", "3"):
        value = _month("class", point_class, 0.988, story)
        yield Series(f'nanxi:class_online_ratio:hourly{{class="{point_class}"}}', value)
    for unit in estate.plan.units:
        yield Series(f'nanxi:unit_name{{unit="{unit.key}",unit_name="{unit.name}"}}', 1)
        for state, count in {"repair": 2, "planned": 6}.items():
            labels = f'unit="{unit.key}",class="3",network="public",state="{state}"'
            yield Series(f"nanxi:cameras_excluded{{{labels}}}", count)


def _month(name: str, key: str, usual: float, story: Story) -> object:
    worse = 0.03 * draw(key, "month") ** 3 + 0.01 * draw(name, key)

    def at(when: float) -> float:
        day = (story.end - when) / 86_400
        storm = 0.09 * math.exp(-((day - 38 - 2 * draw(key, "storm")) ** 2)) * draw(key, "hit")
        return min(1.0, usual + 0.008 - worse - storm + 0.004 * math.sin(when / 40_000 + 9 * draw(key)))

    return at
