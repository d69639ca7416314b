"""Whether a recorder has room for what the policy wants kept: computed before anything is written to it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from nanxi.county.model import Plan, Watch
from nanxi.register.checks.rule import View, rule
from nanxi.register.model import Camera, Device, Nvr

Found = Iterator[tuple[Device, str, str, str]]

_DAY_S = 86_400
_KBIT_PER_GB = 8 * 10**6  # disks are sold in GB of 10^9 bytes


def stored_gb(camera: Camera, plan: Plan) -> float:
    """Return what a camera fills until its retention is over, GB of 10^9 bytes, at the upper limit of its bit rate."""
    if plan.class_spec(camera.point_class).recording is Watch.EDGE:  # it records on board
        return 0.0
    days = plan.retention_days(camera.unit, camera.point_class)
    return plan.policies.streams[camera.point_class].main.bitrate_kbps * _DAY_S * days / _KBIT_PER_GB


@rule("recorder-room")
def recorder_room(view: View) -> Found:
    """The cameras of a recorder fit on its disks for as long as the policy demands, where its capacity is known."""
    cameras: dict[str, list[Camera]] = defaultdict(list)
    for device in view.live:
        if isinstance(device, Camera) and device.nvr:
            cameras[device.nvr].append(device)
    for device in view.live:
        if not isinstance(device, Nvr) or not device.capacity_gb:
            continue
        taken = cameras[device.host]
        needed = sum(stored_gb(camera, view.plan) for camera in taken)
        if needed > device.capacity_gb:
            problem = f"{len(taken)} cameras fill {needed:.0f} GB until their retention is over"
            remedy = "larger disks, fewer cameras, or a policy profile with fewer days or lower bit rates"
            yield device, "capacity_gb", problem, remedy
