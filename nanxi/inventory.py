"""A device of the register as other tools see a host: its groups and its variables (pure).

Few and flat variables: 5,286 hosts carry them through every run. Names avoid what Ansible reserves.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from nanxi.county.model import Network
from nanxi.devices.declare import aspects_of
from nanxi.estate import Estate
from nanxi.register.codes import COUNTY_UNIT
from nanxi.register.model import ROLES, Camera, Device, Host, Kind, Management, State

#: Devices that a playbook may write to, and those that it may only read.
MANAGED = "managed"
OBSERVED = "observed"

#: Devices of a network that has a control node of its own, which is not this machine: no playbook here asks for them.
ELSEWHERE = "elsewhere"

#: Linux hosts that answered in this run, and those that did not (playbooks/parts/reach.yml).
REACHED = ("reached", "unreached")

#: Analog cameras: channels of an encoder, which is the device that can be spoken to.
CHANNELS = "channels"

#: Where a camera hangs: what says so is a variable only where it hangs somewhere.
_WIRING = ("encoder", "channel", "nvr", "nvr_channel")

Vars = dict[str, str | int]
Others = Mapping[Network, tuple[Host, ...]]


def groups_of(device: Device, estate: Estate, others: Others) -> list[str]:
    """Return the groups of a device: unit, kind, tier, network, state, vendor, class or role, and what may be done to it.

    ``others`` are the networks that other control nodes provision, see :mod:`nanxi.controlnode`.
    """
    groups = [
        device.unit,
        device.kind.value,
        f"tier_{tier_of(device, estate)}",
        f"network_{device.network.value}",
        f"state_{device.state.value}",
        f"vendor_{slug(device.vendor)}",
    ]
    if isinstance(device, Camera):
        groups.append(f"class_{device.point_class.value}")
    if isinstance(device, Camera) and device.encoder:
        groups.append(CHANNELS)
    if isinstance(device, Host):
        groups.append(f"role_{device.role}")
    if device.touchable and device.spoken_to:
        mine = MANAGED if device.management is Management.MANAGED else OBSERVED
        groups.append(ELSEWHERE if device.network in others else mine)
    return groups


def host_vars(device: Device, estate: Estate) -> Vars:
    """Return what playbooks and people need to know of a device; an empty cell is no variable."""
    variables: Vars = {
        "code": device.code,
        "unit": device.unit,
        "tier": tier_of(device, estate),
        "network": device.network.value,
        "vendor": device.vendor,
        "state": device.state.value,
    }
    if device.ipv4 is not None:
        variables["ansible_host"] = str(device.ipv4)
    if device.model:
        variables["model"] = device.model
    if isinstance(device, Camera):
        variables["point_class"] = device.point_class.value
        variables["place"] = device.place
        variables |= {name: value for name in _WIRING if (value := getattr(device, name))}
    return variables


def group_vars(estate: Estate, others: Others) -> dict[str, Vars]:
    """Return every group that exists whether or not it has a device today, with the variables of its hosts.

    So ``--limit seahorse`` is a typing error, and ``--limit daruoyan`` before its first camera is not.
    """
    groups: dict[str, Vars] = {unit.key: {} for unit in estate.plan.units}
    groups[COUNTY_UNIT] = {}
    groups |= {kind.value: {} for kind in Kind}
    # Recorded devices are spoken to by the action plugins in the worker itself: there is nothing to connect to.
    groups |= {
        kind.value: {"ansible_connection": "local"}
        for kind in Kind
        if aspects_of(kind) or kind is Kind.SWITCH
    }
    groups |= {f"tier_{tier.level}": {} for tier in estate.plan.county.tiers}
    groups |= {f"class_{spec.key.value}": {} for spec in estate.plan.county.classes}
    groups |= {f"network_{spec.key.value}": {} for spec in estate.plan.county.networks}
    groups |= {f"state_{state.value}": {} for state in State}
    groups |= {f"role_{role}": {} for role in ROLES}
    nodes = ", ".join(f"{node.host} ({node.ipv4})" for several in others.values() for node in several)
    groups |= {MANAGED: {}, OBSERVED: {}, CHANNELS: {}, ELSEWHERE: {"provisioned_by": nodes}}
    return groups | {name: {} for name in REACHED}


def tier_of(device: Device, estate: Estate) -> int:
    """Return the tier of the platform that a device belongs to: its own, else its unit's, else the county's (2)."""
    if device.tier is not None:
        return device.tier
    return 2 if device.unit == COUNTY_UNIT else estate.plan.unit(device.unit).tier


@lru_cache(maxsize=256)
def slug(text: str) -> str:
    """Return ``text`` as a part of a group name: lower case, other signs as underscores; Chinese letters stay."""
    return re.sub(r"\W+", "_", text.lower()).strip("_") or "unknown"
