"""Whether two POSIX TZ strings mean the same (O12; IEEE Std 1003.1, section 8.3).

A device's own way to write the declared zone is kept, so that a second run changes nothing.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_OFFSET = r"[+-]?\d{1,2}(?::\d{1,2}){0,2}"
_POSIX = re.compile(
    rf"\s*(?:<[^<>]+>|[A-Za-z][A-Za-z_ /]*)\s*(?P<offset>{_OFFSET})\s*(?P<rest>[A-Za-z<].*)?$", re.DOTALL
)
#: Not POSIX, but seen: +08:00 counts east of Greenwich, the other way round than CST-8.
_ISO = re.compile(rf"\s*(?P<offset>{_OFFSET})\s*$")

_LONGEST = 100  # the longest seen has 55 characters


class Zone(NamedTuple):
    """Seconds east of Greenwich in winter, and whether the string names a summer time."""

    east_s: int
    summer_time: bool


def parse(value: str) -> Zone | None:
    """Return what a TZ string means, None when it is none.

    ``CST-8``, ``CST-8:00:00`` and ``<+08>-8`` are eight hours east; by POSIX ``CST+8:00:00`` is eight hours *west*.
    """
    if len(value) > _LONGEST:
        return None
    if match := _POSIX.match(value):
        return Zone(-_seconds(match["offset"]), bool(match["rest"]))
    if match := _ISO.match(value):
        return Zone(_seconds(match["offset"]), summer_time=False)
    return None


def equivalent(one: str, other: str) -> bool:
    """Whether both strings mean the same all year; a string that we cannot read equals only itself."""
    if one == other:
        return True
    left, right = parse(one), parse(other)
    return left is not None and left == right and not left.summer_time


def _seconds(offset: str) -> int:
    sign = -1 if offset.startswith("-") else 1
    hours, minutes, seconds = (*map(int, offset.lstrip("+-").split(":")), 0, 0)[:3]
    return sign * (hours * 3600 + minutes * 60 + seconds)
