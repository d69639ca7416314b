"""What is read of a recorder, in how many calls, and what is made of a recorder that lies."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lab.twin.recorder import Span
from lab.twin.services import search as twin_search
from lab.twin.traits import Misbehaviour
from nanxi.devices.converge import converge
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.onvif import search
from nanxi.devices.onvif.session import OnvifSession
from nanxi.devices.state import Aspect, DeviceState, Recorded
from tests.devices.onvif_nvr.site import RECORDER, Site, site

VIDEO = [{"token": "VIDEO001", "kind": "Video"}]
INPUTS = frozenset({Aspect.CHANNELS, Aspect.RECORDING})
#: What a session costs before anything is read: the clock, the sign-in (once without credentials), the services.
OPENING = {"tds:GetSystemDateAndTime", "tds:GetDeviceInformation", "tds:GetServices"}


@pytest.fixture
def guard(tmp_path: Path) -> LockoutGuard:
    return LockoutGuard(tmp_path / "guard")


def recording(number: int) -> dict[str, dict[str, Any]]:
    """Return settings of a channel that is as declared."""
    token = str(number)
    login = {"user": RECORDER.user, "password": RECORDER.password.value}
    return {
        "recordings": {
            "token": token,
            "source_id": f"urn:nanxi:input:{number}",
            "name": f"上塘{number}号",
            "tracks": VIDEO,
        },
        "receivers": {"token": token, "uri": "rtsp://127.78.0.1:554/stream1", **login},
        "jobs": {
            "token": token,
            "recording": token,
            "mode": "Active",
            "since": 1_700_000_000,
            "sources": [{"receiver": token}],
        },
    }


@asynccontextmanager
async def recorder(channels: int, **twin: Any) -> AsyncIterator[Site]:
    """Serve a recorder with so many channels, all as declared."""
    async with site([], channels=channels, twins={"unit-nvr01": twin}) as place:
        rows = [recording(number) for number in range(1, channels + 1)]
        for section in ("recordings", "receivers", "jobs"):
            place.twin.patch(section, [row[section] for row in rows])
        yield place


async def read(place: Site, guard: LockoutGuard, aspects: frozenset[Aspect] = INPUTS) -> DeviceState:
    session = await OnvifSession.open(place.job.target, guard)
    try:
        return await session.read(aspects)
    finally:
        await session.close()


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


async def asked(place: Site, guard: LockoutGuard) -> dict[str, int]:
    """Return how often each operation is asked for one reading of the inputs."""
    await read(place, guard)
    named = {name: count for name, count in place.twin.counts.items() if ":" in name and name not in OPENING}
    place.twin.counts.clear()
    return named


async def test_the_number_of_calls_does_not_grow_with_the_channels(guard: LockoutGuard) -> None:
    async with recorder(1) as one, recorder(16) as sixteen:
        calls = await asked(one, guard)
        assert calls == await asked(sixteen, guard)
    assert sum(calls.values()) == 9, calls


async def test_what_is_recorded_is_told_by_channel(guard: LockoutGuard) -> None:
    async with recorder(2) as place:
        place.twin.patch("jobs", [])
        spans = [
            {"start": 1_700_000_000, "end": 1_700_001_000},
            {"start": 1_700_002_000, "end": 1_700_003_600},
        ]
        held = recording(2)["recordings"] | {"spans": spans}
        place.twin.patch("recordings", [recording(1)["recordings"], held])
        jobs = [recording(number)["jobs"] | {"mode": "Idle", "since": None} for number in (1, 2)]
        place.twin.patch("jobs", jobs)
        state = await read(place, guard)
    assert state.recordings == (
        Recorded(1, None, None, ()),
        Recorded(2, at(1_700_000_000), at(1_700_003_600), ((at(1_700_001_000), at(1_700_002_000)),)),
    )


async def test_a_recording_that_grows_and_holds_nothing_new_is_asked_more_closely(
    guard: LockoutGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with recorder(1) as place:
        monkeypatch.setattr(twin_search, "spans", lambda *_: (Span(start=0, end=1),))
        calls = await asked(place, guard)
    assert (calls["trc:GetRecordingJobState"], calls["trv:GetReceiverState"]) == (1, 1)


async def test_a_search_that_does_not_end_is_given_up(
    guard: LockoutGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with recorder(3, overrides={"traits": {"recorder": {"search_pages": 1}}}) as place:
        monkeypatch.setattr(search, "MOST_PAGES", 2)
        state = await read(place, guard)
    assert state.recordings is None
    assert [one.recording for one in state.inputs or ()] == [True, True, True]
    assert any("did not end" in note for note in state.notes)


async def test_a_recorder_that_knows_no_events_tells_the_two_ends_of_what_it_holds(
    guard: LockoutGuard,
) -> None:
    async with recorder(1, overrides={"traits": {"services": {"missing": ["tse:FindEvents"]}}}) as place:
        state = await read(place, guard)
    assert [(one.gaps, one.earliest is not None) for one in state.recordings or ()] == [(None, True)]


async def test_a_recorder_that_refuses_its_receivers_is_told(guard: LockoutGuard) -> None:
    async with recorder(1, overrides={"traits": {"services": {"missing": ["trv:GetReceivers"]}}}) as place:
        state = await read(place, guard)
    assert state.inputs is None
    assert Aspect.CHANNELS in state.unsupported


async def test_what_onvif_cannot_tell_is_unsupported(guard: LockoutGuard) -> None:
    async with recorder(1) as place:
        state = await read(place, guard, frozenset({Aspect.DISKS, Aspect.PLATFORM, Aspect.CHANNELS}))
    assert state.unsupported == {Aspect.DISKS, Aspect.PLATFORM}
    assert state.disks is None


@pytest.mark.parametrize("since", ["<trv:Configuration", "rtsp://", "p%40", "rd%20"])
async def test_a_cameras_password_stays_secret_when_the_recorder_repeats_it(
    guard: LockoutGuard, since: str
) -> None:
    async with site([{"channel": 1}]) as place:
        operations = frozenset({"trv:CreateReceiver"})
        place.twin.faults = (Misbehaviour(behaviour="echo", operations=operations, options={"since": since}),)
        outcome = await converge(place.job, guard=guard, aspects=INPUTS)
    assert "input 1" in outcome.reason
    assert RECORDER.password.value not in outcome.reason
    assert "%40ss" not in outcome.reason
    assert "rd%20" not in outcome.reason
