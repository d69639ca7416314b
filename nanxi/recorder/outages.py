"""From what gate, disks and clock say to events with a cause, each opened once and closed when it is over."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from nanxi.recorder.config import RecorderConfig
from nanxi.recording.events import GATE_WORDS, Cause, Events
from nanxi.recording.volumes import MARKER

#: A volume with fewer free bytes than this takes no more pictures, whatever ffmpeg says of it.
FULL_BYTES = 1 << 20

#: So long after a stall is seen, in ms, the gate has tried to connect anew: back-off, connection and answer at their
#: deadlines, and a round of the keeper.
ASKED_ANEW_MS = 30_000


class Outages:
    """The open events of one host; a camera, or None for the whole host, has at most one of each kind."""

    def __init__(self, events: Events) -> None:
        self._events = events
        self._open: dict[tuple[str | None, str], tuple[Cause, str]] = {}
        # What was open when the keeper died is closed by what is found now.
        for event in events.open_events():
            kind = "disk" if event.cause is Cause.DISK else "gate"
            if event.cause is not Cause.MAINTENANCE:  # a person's
                self._open[event.camera, kind] = (event.cause, event.id)

    def gate(self, status: Mapping[str, Any] | None, cameras: Iterable[str]) -> None:
        """Take what the gate says; None when it does not answer."""
        self._set(None, "gate", (Cause.HOST_DOWN, "the gate does not answer") if status is None else None)
        if status is None:
            return
        streams = {one["camera"]: one for one in status["streams"] if one["stream"] == "main"}
        for camera in cameras:
            one = streams.get(camera)
            if one is None:
                self._set(camera, "gate", (Cause.UNKNOWN, "the gate does not know this camera"))
            elif one["cause"]:
                cause = GATE_WORDS.get(one["cause"], Cause.UNKNOWN)
                self._set(camera, "gate", (cause, f"{one['cause']}: {one['reason']}"))
            elif one["playing"]:
                self._set(camera, "gate", None)

    def disks(self, config: RecorderConfig, free: Mapping[Path, int | None]) -> None:
        """Take the free bytes of the volumes, None for one that is not mounted."""
        for camera, plan in config.cameras.items():
            room = free.get(plan.volume)
            if room is None:
                self._set(
                    camera,
                    "disk",
                    (Cause.DISK, f"{plan.volume} is not mounted ({MARKER} is missing), or may only be read"),
                )
            elif room < FULL_BYTES:
                self._set(camera, "disk", (Cause.DISK, f"{plan.volume} is full"))
            else:
                self._set(camera, "disk", None)

    def absent(self, from_ms: int, until_ms: int) -> None:
        """Note that the host was down, and nobody on it could say so."""
        self._events.record(
            None, Cause.HOST_DOWN, from_ms, until_ms, "the host was down and has started again"
        )

    def stepped(self, by_s: float) -> None:
        """Note that the host's clock jumped: times before and after it do not belong together.

        What was open ends by the old clock and goes on by the new one: else an outage of minutes would be one of a year,
        or end before it began.
        """
        now = time.time_ns() // 1_000_000
        before = now - int(by_s * 1000)
        lasting = {event.id: event for event in self._events.open_events()}
        for key, (cause, known) in tuple(self._open.items()):
            if event := lasting.get(known):
                self._events.close(known, max(before, event.from_ms + 1))
                self._open[key] = (cause, self._events.record(key[0], cause, now, None, event.detail))
        since, until = sorted((now, before))
        self._events.record(
            None, Cause.CLOCK, since, max(until, since + 1), f"the clock was set by {by_s:+.1f} s"
        )

    def restarted(self, camera: str, silent_s: float) -> None:
        """Note that a recorder hung although the gate had pictures."""
        now = time.time_ns() // 1_000_000
        detail = f"the recorder wrote nothing for {silent_s:.0f} s and was restarted"
        self._events.record(camera, Cause.STALLED, now - int(silent_s * 1000), now, detail)

    def _set(self, camera: str | None, kind: str, state: tuple[Cause, str] | None) -> None:
        known = self._open.get((camera, kind))
        if known is not None and state is not None and self._was_a_stall_only(known, state[0]):
            self._events.amend(known[1], *state)
            self._open[camera, kind] = (state[0], known[1])
            return
        if known is not None and (state is None or state[0] is not known[0]):
            self._events.close(known[1])
            del self._open[camera, kind]
            known = None
        if state is not None and known is None:
            now = time.time_ns() // 1_000_000
            self._open[camera, kind] = (state[0], self._events.record(camera, state[0], now, None, state[1]))

    def _was_a_stall_only(self, known: tuple[Cause, str], cause: Cause) -> bool:
        """Return whether an open stall was how a dead camera looks before it is asked anew.

        One that loses its power, or its cable, says no goodbye: the connection stands until it is given up.
        """
        if known[0] is not Cause.STALLED or cause is not Cause.UNREACHABLE:
            return False
        now = time.time_ns() // 1_000_000
        return any(
            event.id == known[1] and now - event.from_ms < ASKED_ANEW_MS
            for event in self._events.open_events()
        )


def free_bytes(volumes: Iterable[Path]) -> dict[Path, int | None]:
    """Return what is free on each volume for others than root, None for one that is not mounted or may only be read.

    ext4 lets itself only be read when it finds itself damaged (``errors=remount-ro``).
    """
    found: dict[Path, int | None] = {}
    for volume in volumes:
        try:
            status = os.statvfs(volume) if (volume / MARKER).exists() else None
        except OSError:
            status = None
        if status and status.f_flag & os.ST_RDONLY:
            status = None
        found[volume] = status.f_bavail * status.f_frsize if status else None
    return found
