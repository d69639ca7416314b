"""The course of a change as a table: which step follows which, whatever happens (pure, D10).

Read the table downwards for the way a change should go. Every other way ends where the switch holds its old
configuration, or is about to take it back by itself, or holds the new one and says that it is not saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from math import ceil

from nanxi.devices.switch.dialects.model import Arming, Dialect, How


class Step(StrEnum):
    """What is done next."""

    READ = "read"  # running and startup configuration, and what an earlier run left
    PLAN = "plan"
    BACK_UP = "back up"
    ARM = "arm"  # the timed rollback, and see it confirmed
    PUSH = "push"
    PROVE = "prove"  # from a new session: it answers, services hold, it runs what was planned
    CONFIRM = "confirm"  # from that session
    SAVE = "save"
    PROVE_SAVED = "prove saved"  # startup equals running
    TAKE_BACK = "take back"
    AWAIT = "await"  # the timer takes the change back
    END = "end"


class Event(StrEnum):
    """How a step went."""

    DONE = "done"
    NOTHING = "nothing"  # to do
    UNSAVED = "unsaved"  # as declared, but an earlier run of ours did not come to save it
    FAILED = "failed"
    LOST = "lost"  # the session, or the way to the switch


class Holds(StrEnum):
    """What the switch holds at the end, for people."""

    OLD = "the old configuration, as before"
    NEW = "the new configuration"
    UNSAVED = "the new configuration, not saved: a reboot would bring the old one back; run again to save it"
    REVERTING = "the new configuration in part, and takes it back by itself"
    UNKNOWN = "an unknown part of the new configuration: compare it with the last backup"


COURSE: Mapping[tuple[Step, Event], Step] = {
    (Step.READ, Event.DONE): Step.PLAN,
    (Step.PLAN, Event.DONE): Step.BACK_UP,
    (Step.BACK_UP, Event.DONE): Step.ARM,
    (Step.ARM, Event.DONE): Step.PUSH,
    (Step.PUSH, Event.DONE): Step.PROVE,
    (Step.PROVE, Event.DONE): Step.CONFIRM,
    (Step.CONFIRM, Event.DONE): Step.SAVE,
    (Step.SAVE, Event.DONE): Step.PROVE_SAVED,
    (Step.PROVE_SAVED, Event.DONE): Step.END,
    # Nothing to change.
    (Step.PLAN, Event.NOTHING): Step.END,
    (Step.PLAN, Event.UNSAVED): Step.SAVE,
    # Nothing was changed yet.
    (Step.READ, Event.FAILED): Step.END,
    (Step.READ, Event.LOST): Step.END,
    (Step.PLAN, Event.FAILED): Step.END,
    (Step.BACK_UP, Event.FAILED): Step.END,
    (Step.ARM, Event.FAILED): Step.END,
    # Armed, perhaps: an armed timer without a change does no harm, so it is left to its end.
    (Step.ARM, Event.LOST): Step.AWAIT,
    # Something was changed.
    (Step.PUSH, Event.FAILED): Step.TAKE_BACK,
    (Step.PUSH, Event.LOST): Step.TAKE_BACK,
    (Step.PROVE, Event.FAILED): Step.TAKE_BACK,
    (Step.PROVE, Event.LOST): Step.TAKE_BACK,
    (Step.CONFIRM, Event.FAILED): Step.TAKE_BACK,
    (Step.CONFIRM, Event.LOST): Step.AWAIT,
    (Step.TAKE_BACK, Event.DONE): Step.END,
    (Step.TAKE_BACK, Event.FAILED): Step.AWAIT,
    (Step.TAKE_BACK, Event.LOST): Step.AWAIT,
    (Step.AWAIT, Event.DONE): Step.END,
    (Step.AWAIT, Event.FAILED): Step.END,
    # Confirmed: it stays, whatever saving says.
    (Step.SAVE, Event.FAILED): Step.END,
    (Step.SAVE, Event.LOST): Step.END,
    (Step.PROVE_SAVED, Event.FAILED): Step.END,
    (Step.PROVE_SAVED, Event.LOST): Step.END,
}

#: Seconds that a change has to prove itself, unless proving takes longer.
TIMER_S = 180


def timer_s(measured_s: float, arming: Arming, wanted_s: float = TIMER_S) -> int:
    """Return the timer in seconds: three times what reading and proving took before the change, within limits (N3)."""
    return int(min(max(wanted_s, 3 * measured_s, arming.shortest_s), arming.longest_s))


def arming_command(arming: Arming, seconds: int) -> str:
    """Return the command that arms."""
    return arming.arm.format(seconds=seconds, minutes=ceil(seconds / 60))


def armings(
    dialect: Dialect, config_prompt: str, *, allow_unarmed: bool, startup_is_running: bool
) -> tuple[Arming, ...]:
    """Return the ways to arm that may be tried, the best first.

    A reboot brings back what was saved, so it is a way back only where that is what runs; and since it is an outage
    of minutes for everything behind the switch, the operator must have asked for it.
    """
    return tuple(
        one
        for one in dialect.armings
        if (one.prompt is None or one.prompt.search(config_prompt))
        and (one.how is not How.REBOOT or (allow_unarmed and startup_is_running))
    )
