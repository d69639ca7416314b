"""From the guard's states to samples (pure).

nanxi_guard_refused_credentials{device="shangtang-cam0003",...} 1
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exporters.probe import identity
from exporters.signals import Sample, Samples
from nanxi.devices.lockout import GuardState
from nanxi.register.model import Device


def held(states: Iterable[GuardState], devices: Mapping[str, Device]) -> list[Sample]:
    """Return what is held about devices of the register; files of others are left alone."""
    found: list[Sample] = []
    for state in states:
        if device := devices.get(state.host):
            samples = Samples(identity(device))
            samples.add("nanxi_guard_refused_credentials", len(state.refused))
            samples.add("nanxi_guard_failed_logins", len(state.failures))
            samples.add("nanxi_guard_attempts_left", state.attempts_left)
            if state.locked_until:
                samples.add("nanxi_guard_locked_until_timestamp_seconds", state.locked_until.timestamp())
            found += samples
    return found
