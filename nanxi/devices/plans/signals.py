"""Signals: does every declared channel of an encoder exist and have a picture at its input?"""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState


def plan_signals(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield findings only: a cable is plugged in by hand."""
    if actual.signals is None:
        return
    present = {signal.channel: signal.present for signal in actual.signals}
    for channel in declared.channels:
        if channel.number not in present:
            reason = f"the device has {len(present)} video inputs, the register puts {channel.host} on {channel.number}"
            yield _finding(channel.number, "no such input", reason)
        elif not present[channel.number]:
            reason = f"no picture of {channel.host}: look at the camera, its power and its cable"
            yield _finding(channel.number, "lost", reason)


def _finding(number: int, before: str, reason: str) -> Change:
    return Change(Aspect.CHANNELS, f"signals.{number}", before, "present", applicable=False, reason=reason)
