"""Which recorders must be ended, so that systemd starts them anew. Pure, and apart from ffmpeg's own timeout (R2, R11)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from nanxi.recorder.config import CameraPlan


class Sight(NamedTuple):
    """What is known of one camera's recorder. Times are seconds."""

    playing_s: float | None  # for how long the gate has had pictures without a break, None when it has none
    silent_s: float | None  # for how long no segment of it grew, None when it never had one
    restarted_s: float | None  # since it was ended the last time


def hangs(plans: Mapping[str, CameraPlan], sights: Mapping[str, Sight]) -> dict[str, float]:
    """Return the cameras whose recorder hangs, with the seconds that are lost by it.

    A recorder hangs when pictures were there all the time and its file did not grow. One that was ended just now gets
    the whole time again: a slow disk must not make us end it in a circle.
    """
    found: dict[str, float] = {}
    for camera, sight in sights.items():
        limit = plans[camera].watchdog_s
        if sight.playing_s is None:
            continue
        silent = sight.playing_s if sight.silent_s is None else min(sight.silent_s, sight.playing_s)
        recently = sight.restarted_s is not None and sight.restarted_s < limit
        if silent > limit and not recently:
            found[camera] = silent
    return found
