# Apache-2.0
"""What the survey and camera actions accept; a test proves that their documentation says the same."""

from __future__ import annotations

from nanxi.devices.state import ALL_ASPECTS, Aspect

ASPECTS = [aspect.value for aspect in Aspect]

_SHARED = {
    "aspects": {"type": "list", "elements": "str", "choices": [*ASPECTS, "all"], "default": ["all"]},
    "change_network": {"type": "bool", "default": False},
}

SURVEY = _SHARED | {
    "concurrency": {"type": "int", "default": 100},
    "device_deadline": {"type": "float", "default": 15.0},
    "total_deadline": {"type": "float"},
    "language": {"type": "str", "choices": ["zh", "en"], "default": "zh"},
}

CAMERA = _SHARED | {
    "state": {"type": "str", "choices": ["declared", "gathered", "rendered"], "default": "declared"},
    "surveyed": {"type": "dict", "default": {}},
}


def aspects_of(names) -> frozenset[Aspect]:
    """Return the aspects that a task names."""
    return ALL_ASPECTS if "all" in names else frozenset(map(Aspect, names))
