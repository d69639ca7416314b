"""Why there is no picture, in the words that gaps, alerts and metrics share."""

from __future__ import annotations

from enum import StrEnum

from nanxi.devices.errors import HostileError, LockedError, RefusedError, UnreachableError
from nanxi.devices.rtsp.errors import BusyError, ChangedError, DowngradeError, EndedError, StalledError
from nanxi.findings import NanxiError


class Cause(StrEnum):
    """One word for the end of a stream."""

    UNREACHABLE = "unreachable"  # no TCP connection, or no answer in time
    UNAUTHORISED = "unauthorised"  # the password was refused, or the guard holds it, or it is wanted in clear
    BUSY = "busy"  # no session left (R8)
    REFUSED = "refused"  # any other status that is no success: no such stream, forbidden
    STALLED = "stalled"  # the connection stands and no picture comes
    ENDED = "ended"  # the camera ended the session or the connection: reboot, or R10
    CHANGED = "changed"  # another sender or codec than described
    HOSTILE = "hostile"  # what came is nothing that a camera may say
    FAILED = "failed"  # a mistake of the gate's own; the journal has it


_CAUSES: tuple[tuple[type[NanxiError], Cause], ...] = (
    (StalledError, Cause.STALLED),
    (EndedError, Cause.ENDED),
    (UnreachableError, Cause.UNREACHABLE),
    (RefusedError, Cause.UNAUTHORISED),
    (LockedError, Cause.UNAUTHORISED),
    (DowngradeError, Cause.UNAUTHORISED),
    (BusyError, Cause.BUSY),
    (ChangedError, Cause.CHANGED),
    (HostileError, Cause.HOSTILE),
)


def cause_of(error: NanxiError) -> Cause:
    """Return the cause that an error stands for."""
    return next((cause for kind, cause in _CAUSES if isinstance(error, kind)), Cause.REFUSED)
