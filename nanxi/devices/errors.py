"""Typed errors of every driver; each maps to one verdict."""

from __future__ import annotations

from nanxi.devices.outcome import Verdict
from nanxi.findings import NanxiError


class DeviceError(NanxiError):
    """A device did not do what it should; the text says what a person can do about it."""

    verdict = Verdict.FAILED


class UnreachableError(DeviceError):
    """No TCP connection, or no answer within the deadline."""

    verdict = Verdict.UNREACHABLE


class RefusedError(DeviceError):
    """The credential was refused. ``attempts_left`` as the device states it, None when it does not."""

    verdict = Verdict.REFUSED

    def __init__(self, message: str, attempts_left: int | None = None) -> None:
        self.attempts_left = attempts_left
        super().__init__(message)


class LockedError(DeviceError):
    """The lock-out guard holds this device and nothing was sent, or the device itself says that it is locked.

    ``locked_s`` is for how many seconds, as the device says; None when it does not say.
    """

    verdict = Verdict.LOCKED

    def __init__(self, message: str, *, by_device: bool = False, locked_s: int | None = None) -> None:
        self.by_device = by_device
        self.locked_s = locked_s
        super().__init__(message)


class HostileError(DeviceError):
    """The reply is not anything that a camera may say."""

    verdict = Verdict.HOSTILE


class FaultError(DeviceError):
    """The device answered with a fault. ``subcode`` is ONVIF's, or the protocol's own error name."""

    def __init__(self, message: str, subcode: str = "") -> None:
        self.subcode = subcode
        super().__init__(message)


class NotSupportedError(FaultError):
    """The device does not offer this operation."""
