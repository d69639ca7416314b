"""Which moment may be believed to be now: a wrong clock must delete nothing, and name nothing as if it were right.

The kernel says whether a time service keeps the clock, not whether that service is right, and a machine whose battery is
empty starts in 1970. So the last moment that was believed is kept beside the index, with the machine's uptime at it: from
there, time cannot have gone on more slowly than the uptime did (or than the machine is up, after a boot).

What follows from it (``docs/recording.md``, "A clock that is wrong"):

* Retention uses the earlier of wall clock and that bound. Footage may go late because of it, never early.
* A recorder that starts while the wall clock disagrees marks its segments ``_unsync``.
* A time that lies too far ahead is believed when a person says so (``scripts/recordings clock --believe``).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from nanxi.files import write_atomically
from nanxi.recording.clock import synchronised

#: Beside the index, so that it outlives it.
FILE = "clock.json"
DEFAULT_PATH = Path("/var/lib/nanxi/recording") / FILE

#: How far a clock that a time service keeps may lie from the bound, in ms. Within one boot nothing but a step moves it;
#: a host may have been off over a long weekend, or while a typhoon passed, without anybody coming by.
STEP_MS = 3_600_000
OFF_MS = 3 * 24 * 3_600_000

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Sight:
    """What a host's clocks say at one moment: Unix time and time since boot (standstill included) in ms.

    ``boot`` names the boot; empty where nobody can tell one from another.
    """

    wall_ms: int
    uptime_ms: int
    boot: str
    synchronised: bool


@dataclass(frozen=True, slots=True)
class Belief:
    """``now_ms`` is the latest moment that may be now; ``doubt`` says why the wall clock is not believed, else empty."""

    now_ms: int
    doubt: str = ""


def believe(known: Sight | None, seen: Sight) -> Belief:
    """Return what to believe; ``known`` is the last sight that was believed. Pure.

    Without one a kept clock is believed. One that nobody keeps tells nothing then: the bound is 0, and nothing is old.
    """
    if known is None:
        if seen.synchronised:
            return Belief(seen.wall_ms)
        return Belief(0, "the clock is not synchronised and never was")
    same = known.boot == seen.boot and known.uptime_ms <= seen.uptime_ms
    bound = known.wall_ms + seen.uptime_ms - (known.uptime_ms if same else 0)
    ahead = seen.wall_ms - bound
    earlier = min(seen.wall_ms, bound)
    if not seen.synchronised:
        return Belief(earlier, "the clock is not synchronised")
    if ahead > (STEP_MS if same else OFF_MS):
        return Belief(earlier, f"the clock is {_length(ahead)} ahead of what the uptime allows")
    if ahead < -STEP_MS:
        return Belief(earlier, f"the clock is {_length(-ahead)} behind what it was")
    return Belief(seen.wall_ms)


def look(*, trust: bool = False, wall: Callable[[], float] = time.time) -> Sight:
    """Return what the clocks say now; ``trust`` takes the kernel's word as given (a container sees no time service).

    A container's boot is named as its own, but its uptime is that of the machine below, so the name says nothing there.
    """
    uptime = time.clock_gettime(time.CLOCK_BOOTTIME)
    kept, boot = trust or synchronised(), "" if trust else _BOOT_ID.read_text().strip()
    return Sight(int(wall() * 1000), int(uptime * 1000), boot, kept)


def last(path: Path) -> Sight | None:
    """Return the last sight that was believed, None when there is none or it is spoiled."""
    with suppress(OSError, ValueError, TypeError):
        return Sight(**json.loads(path.read_bytes()))
    return None


def keep(path: Path, sight: Sight) -> None:
    """Believe ``sight`` from now on.

    Raises:
        OSError: it cannot be written.
    """
    write_atomically(path, json.dumps(asdict(sight)), 0o644)


def believable(path: Path = DEFAULT_PATH, *, trust: bool = False) -> bool:
    """Return whether the wall clock may be believed now: for whoever names something by it."""
    return not believe(last(path), look(trust=trust)).doubt


def _length(ms: int) -> str:
    hours = ms / 3_600_000
    return f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.0f} days"
