"""Compare declared and actual state (pure, the same for every driver)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from nanxi.devices.plans.clock import plan_clock
from nanxi.devices.plans.encoders import plan_encoders
from nanxi.devices.plans.identity import plan_identity
from nanxi.devices.plans.network import plan_dns, plan_hostname, plan_network
from nanxi.devices.plans.osd import plan_osd
from nanxi.devices.plans.services import plan_services
from nanxi.devices.plans.users import plan_users
from nanxi.devices.state import Aspect, CameraState, Change, DeclaredCamera

_Planner = Callable[[DeclaredCamera, CameraState], Iterator[Change]]


def plan(
    declared: DeclaredCamera,
    actual: CameraState,
    aspects: frozenset[Aspect],
    *,
    change_network: bool = False,
) -> tuple[Change, ...]:
    """Return every difference in ``aspects``, in the order in which it is to be applied.

    The factory password goes first; what may cut the connection (protocols, then the address) comes last. An
    aspect that was not read, or that the device does not offer, gives no change.
    """
    planners: dict[Aspect, _Planner] = {
        Aspect.IDENTITY: plan_identity,
        Aspect.USERS: plan_users,
        Aspect.HOSTNAME: plan_hostname,
        Aspect.DNS: plan_dns,
        Aspect.CLOCK: plan_clock,
        Aspect.ENCODERS: plan_encoders,
        Aspect.OSD: plan_osd,
        Aspect.SERVICES: plan_services,
        Aspect.NETWORK: partial(plan_network, change_network=change_network),
    }
    return tuple(
        change
        for aspect, planner in planners.items()
        if aspect in aspects
        for change in planner(declared, actual)
    )
