"""Register against recorders: every disagreement as one finding (pure; the plan's changes say what differs)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState

#: What a reconciliation reads; identity, clock and the rest are the survey's business.
ASPECTS = frozenset({Aspect.CHANNELS, Aspect.RECORDING, Aspect.DISKS})


class Matter(StrEnum):
    """What register and recorder disagree about; for inputs and disks, the last word of the change's field."""

    MISSING = "missing"
    EXTRA = "extra"
    ADDRESS = "address"
    NAME = "name"
    RECORDING = "recording"
    RETENTION = "retention_days"
    ONLINE = "online"
    ENABLED = "enabled"
    LOGIN = "login"
    HTTP_PORT = "http_port"
    RTSP_PORT = "rtsp_port"
    SOURCE = "device_channel"
    DISK = "status"
    NO_DISK = "disks"
    NOT_SHOWN = "inputs"
    NOT_READ = "not_read"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One finding. ``channel`` is 0 and ``camera`` empty for what is about the recorder itself or about a disk."""

    recorder: str
    matter: Matter
    channel: int = 0
    camera: str = ""  # host of the camera that the register gives this channel to
    disk: str = ""
    register: str = ""
    found: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Overview:
    """What one recorder holds, in numbers; None where it does not tell."""

    recorder: str
    declared: int  # inputs that the register gives it
    present: int | None
    online: int | None
    recording: int | None
    disks_ok: int | None
    disks: int | None
    free_gb: float | None
    earliest: str  # day of the oldest recording, empty when unknown or none


def disagreements(outcomes: Iterable[Outcome], declared: Mapping[str, DeclaredDevice]) -> list[Disagreement]:
    """Return every disagreement, recorder by recorder, channels in order; ``declared`` is by host."""
    found = [one for outcome in outcomes for one in _of_recorder(outcome, declared.get(outcome.host))]
    return sorted(found, key=lambda one: (one.recorder, one.channel, one.disk))


def overview(outcomes: Iterable[Outcome], declared: Mapping[str, DeclaredDevice]) -> list[Overview]:
    """Return the numbers of every recorder that could be read; ``declared`` is by host."""
    return [
        _overview(outcome.host, len(declared[outcome.host].inputs), outcome.state)
        for outcome in outcomes
        if outcome.state is not None
    ]


def _of_recorder(outcome: Outcome, declared: DeclaredDevice | None) -> Iterator[Disagreement]:
    if declared is None or outcome.verdict not in (Verdict.DECLARED, Verdict.DRIFTED):
        yield Disagreement(outcome.host, Matter.NOT_READ, reason=outcome.reason)
        return
    cameras = {one.channel: one.host for one in declared.inputs}
    missing = {change.field.split(".")[1] for change in outcome.changes if change.field.endswith(".missing")}
    for change in outcome.changes:
        kind, *path = change.field.split(".")
        if not path:
            yield _disagreement(outcome.host, Matter(kind), change)
        elif kind == "disks":
            yield _disagreement(outcome.host, Matter(path[-1]), change, disk=".".join(path[:-1]))
        elif kind == "inputs" and (path[0] not in missing or path[-1] == Matter.MISSING):
            # An input that is not there does not record either: that is one finding, not two.
            channel = int(path[0])
            yield _disagreement(
                outcome.host, Matter(path[-1]), change, channel=channel, camera=cameras.get(channel, "")
            )


def _disagreement(
    recorder: str, matter: Matter, change: Change, *, channel: int = 0, camera: str = "", disk: str = ""
) -> Disagreement:
    return Disagreement(recorder, matter, channel, camera, disk, change.after, change.before, change.reason)


def _overview(host: str, declared: int, state: DeviceState) -> Overview:
    inputs, disks = state.inputs, state.disks
    days = [one.earliest.date().isoformat() for one in state.recordings or () if one.earliest is not None]
    return Overview(
        recorder=host,
        declared=declared,
        present=None if inputs is None else len(inputs),
        online=None if inputs is None else _count(one.online for one in inputs),
        recording=None if inputs is None else _count(one.recording for one in inputs),
        disks_ok=None if disks is None else sum(disk.status == "ok" for disk in disks),
        disks=None if disks is None else len(disks),
        free_gb=None if disks is None else sum(disk.free_gb for disk in disks),
        earliest=min(days, default=""),
    )


def _count(values: Iterable[bool | None]) -> int | None:
    """Return how many are true, None when the device tells of none of them."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
