"""What a stream can die of, beside what every protocol shares (``nanxi.devices.errors``)."""

from __future__ import annotations

from nanxi.devices.errors import DeviceError, FaultError, UnreachableError
from nanxi.devices.outcome import Verdict


class BusyError(FaultError):
    """The camera has no session left (R8): 453 Not Enough Bandwidth, or 503 on cheap firmware."""


class DowngradeError(FaultError):
    """The camera asks for the password in clear (Basic), or in a way that nobody knows; nothing was sent."""


class StalledError(UnreachableError):
    """The connection stands and no picture comes."""


class EndedError(UnreachableError):
    """The camera ended the session or the connection."""


class ChangedError(DeviceError):
    """The stream is no longer what its description says; it must be described anew."""

    verdict = Verdict.FAILED
