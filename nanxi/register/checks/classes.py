"""What the plan demands of each class of points (八) and how many each unit may count (annex)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from math import floor

from nanxi.county.model import Plan
from nanxi.register.checks.rule import View, rule
from nanxi.register.codes import COUNTY_UNIT
from nanxi.register.model import Camera, Device, State

Found = Iterator[tuple[Device, str, str, str]]


def counts(camera: Camera, plan: Plan) -> bool:
    """Return whether a camera counts against its unit's quota.

    Not counted are the 1,276 that stood before the plan, indoor points (annex), classes that the plan leaves out
    (八（三）) and what has been retired.
    """
    return (
        camera.counted
        and not camera.indoor
        and camera.state is not State.RETIRED
        and plan.class_spec(camera.point_class).counted
    )


@rule("class-network")
def class_network(view: View) -> Found:
    """Classes 1 and 2 are on the police network; a key unit's internal cameras are not (八（一）, 八（三）)."""
    specs = {spec.key: spec for spec in view.plan.county.classes}
    for camera in view.cameras:
        spec = specs[camera.point_class]
        if camera.network not in spec.networks:
            remedy = f"one of {', '.join(sorted(spec.networks))}"
            yield camera, "network", f"{spec.name} may not be on the {camera.network} network", remedy


@rule("class-counted")
def class_counted(view: View) -> Found:
    """A row that says it counts although the plan says it never does would inflate the unit's result."""
    specs = {spec.key: spec for spec in view.plan.county.classes}
    for camera in view.cameras:
        if not camera.counted or "counted" not in camera.model_fields_set:
            continue
        if camera.indoor:
            yield camera, "counted", "indoor points do not count (annex)", "FALSE, or leave the cell empty"
        elif not specs[camera.point_class].counted:
            problem = f"{specs[camera.point_class].name} does not count (八（三）)"
            yield camera, "counted", problem, "FALSE, or leave the cell empty"


@rule("quota")
def quota(view: View) -> Found:
    """A unit with more counted cameras than quota and headroom has rows that do not belong to the plan."""
    counted: dict[str, list[Camera]] = defaultdict(list)
    for camera in view.cameras:
        if counts(camera, view.plan):
            counted[camera.unit].append(camera)
    room = 1 + view.plan.addresses.headroom
    for unit, cameras in counted.items():
        planned = 0 if unit == COUNTY_UNIT else view.plan.unit(unit).quota
        limit = floor(planned * room)
        if len(cameras) > limit:
            problem = f"{len(cameras)} cameras count, the unit's quota is {planned} and the headroom ends at {limit}"
            yield (
                cameras[limit],
                "counted",
                problem,
                "FALSE for cameras from before the plan, or raise the quota",
            )
