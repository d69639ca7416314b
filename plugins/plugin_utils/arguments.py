# Apache-2.0
"""What the survey, device and swap actions accept; a test proves that their documentation says the same."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from nanxi.devices.consent import Consent
from nanxi.devices.state import Aspect
from nanxi.devices.switch.terms import Terms

ASPECTS = [aspect.value for aspect in Aspect]

#: Tags of Ansible that select whatever has a tag, and these tasks all have one.
_EVERYTHING = frozenset({"all", "tagged", "always"})

_SHARED = {
    "aspects": {"type": "list", "elements": "str", "choices": ASPECTS, "default": ASPECTS},
    "state": {"type": "str", "choices": ["declared", "gathered", "rendered"], "default": "declared"},
    "change_network": {"type": "bool", "default": False},
    "remove_extra": {"type": "bool", "default": False},
}

SURVEY = _SHARED | {
    "concurrency": {"type": "int", "default": 100},
    "device_deadline": {"type": "float", "default": 15.0},
    "total_deadline": {"type": "float"},
    "language": {"type": "str", "choices": ["zh", "en"], "default": "zh"},
}

DEVICE = _SHARED | {
    "known": {"type": "dict", "default": {}},
    "postpone": {"type": "bool", "default": False},
}

#: Sections of a switch that a run may be told to own.
OWN = {"type": "list", "elements": "str", "choices": ["acl", "vlan"], "default": []}

SURVEY |= {"own": OWN}

SWITCH = {
    "state": {"type": "str", "choices": ["declared", "rendered"], "default": "declared"},
    "own": OWN,
    "allow_unarmed": {"type": "bool", "default": False},
    "timer": {"type": "float", "default": 180.0},
    "postpone": {"type": "bool", "default": False},
}

SWAP = {
    "serial_number": {"type": "str", "required": True},
    "mac": {"type": "str", "required": True},
    "vendor": {"type": "str", "default": ""},
    "model": {"type": "str", "default": ""},
    "reason": {"type": "str", "required": True},
    "by": {"type": "str", "default": ""},
}


def consent(arguments: Mapping[str, bool]) -> Consent:
    """Return what the task's arguments allow by name."""
    return Consent(change_network=arguments["change_network"], remove_extra=arguments["remove_extra"])


def terms(arguments: Mapping[str, Any]) -> Terms:
    """Return how far a run over switches may go."""
    return Terms(frozenset(arguments["own"]), arguments["allow_unarmed"], arguments["timer"])


def is_whole(own_tags: Collection[str], run_tags: Collection[str]) -> bool:
    """Return whether ``--tags`` selects all of a task: by Ansible's own words, or by a tag that is no aspect."""
    return bool((_EVERYTHING | (set(own_tags) - set(ASPECTS))) & set(run_tags))


def selected(
    names: Collection[str], own_tags: Collection[str], run_tags: Collection[str], skip_tags: Collection[str]
) -> frozenset[Aspect]:
    """Return the aspects that a task names and that ``--tags`` and ``--skip-tags`` leave of them.

    One task does a whole device, because a task costs more than a device: so tags work inside it, as if each aspect
    were a task with its own tag beside those that the task has or inherits (``cameras``).
    """
    wanted = set(names) if is_whole(own_tags, run_tags) else set(names) & set(run_tags)
    return frozenset(map(Aspect, wanted - set(skip_tags)))
