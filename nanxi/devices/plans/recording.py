"""Recording: every declared input is recorded, for as long as the policy of its class demands."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState

_FLAG = {True: "true", False: "false"}


def plan_recording(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield what differs; an input that does not exist yet gets its recording in the same run.

    A longer retention than declared is a difference too: it takes the room that other inputs need, and keeps
    pictures longer than the policy allows.
    """
    if actual.inputs is None:
        return
    present = {one.channel: one for one in actual.inputs}
    for wanted in declared.inputs:
        found = present.get(wanted.channel)
        recording = found.recording if found else False
        if recording is not None and recording != wanted.recording:
            yield _change(wanted.channel, "recording", _FLAG[recording], _FLAG[wanted.recording])
        days = found.retention_days if found else None
        if wanted.recording and days is not None and days != wanted.retention_days:
            yield _change(wanted.channel, "retention_days", str(days), str(wanted.retention_days))


def _change(channel: int, field: str, before: str, after: str) -> Change:
    return Change(Aspect.RECORDING, f"inputs.{channel}.{field}", before, after)
