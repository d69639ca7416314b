"""Compare declared and actual state (pure, the same for every driver and every kind of device)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from nanxi.devices.consent import NO_CONSENT, Consent
from nanxi.devices.plans.clock import plan_clock
from nanxi.devices.plans.disks import plan_disks
from nanxi.devices.plans.encoders import plan_encoders
from nanxi.devices.plans.identity import plan_identity
from nanxi.devices.plans.inputs import plan_inputs
from nanxi.devices.plans.network import plan_dns, plan_hostname, plan_network
from nanxi.devices.plans.osd import plan_osd
from nanxi.devices.plans.platform import plan_platform
from nanxi.devices.plans.recording import plan_recording
from nanxi.devices.plans.services import plan_services
from nanxi.devices.plans.signals import plan_signals
from nanxi.devices.plans.users import plan_users
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState

_Planner = Callable[[DeclaredDevice, DeviceState], Iterator[Change]]


def plan(
    declared: DeclaredDevice,
    actual: DeviceState,
    aspects: frozenset[Aspect],
    consent: Consent = NO_CONSENT,
) -> tuple[Change, ...]:
    """Return every difference in ``aspects``, in the order in which it is to be applied.

    The factory password goes first; what may cut the connection (protocols, then the address) comes last. An
    aspect that was not read, or that the device does not offer, gives no change.
    """
    planners: tuple[tuple[Aspect, _Planner], ...] = (
        (Aspect.IDENTITY, plan_identity),
        (Aspect.USERS, plan_users),
        (Aspect.HOSTNAME, plan_hostname),
        (Aspect.DNS, plan_dns),
        (Aspect.CLOCK, plan_clock),
        (Aspect.ENCODERS, plan_encoders),
        (Aspect.OSD, plan_osd),
        (Aspect.CHANNELS, plan_signals),
        (Aspect.CHANNELS, partial(plan_inputs, consent=consent)),
        (Aspect.RECORDING, plan_recording),
        (Aspect.DISKS, plan_disks),
        (Aspect.PLATFORM, plan_platform),
        (Aspect.SERVICES, plan_services),
        (Aspect.NETWORK, partial(plan_network, consent=consent)),
    )
    return tuple(
        change for aspect, planner in planners if aspect in aspects for change in planner(declared, actual)
    )
