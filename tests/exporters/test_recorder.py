"""Collector recorder: what lies on the disks, and what is said when nothing can be read."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from exporters.recorder.collect import collect_recorder
from nanxi.recording.completeness import CST
from nanxi.recording.due import note
from nanxi.recording.events import Cause, Event, Events
from nanxi.recording.index import Index
from nanxi.recording.statements import Statement, Statements, Stretch
from nanxi.register.model import Kind
from tests.recording.synthetic import segment

CAMERA, EMPTY = "shangtang-cam0001", "shangtang-cam0002"


@pytest.fixture
def host(tmp_path, estate):
    """A recorder host: two cameras due since long ago, one volume."""
    config = tmp_path / "recording.json"
    promise = {"point_class": "3", "days": 30}
    config.write_text(
        json.dumps(
            {
                "index": str(tmp_path / "index.db"),
                "log": str(tmp_path / "log.jsonl"),
                "volumes": [str(tmp_path)],
                "cameras": {CAMERA: promise, EMPTY: promise},
            }
        )
    )
    return SimpleNamespace(estate=estate, config=SimpleNamespace(recording=config))


def collected(host):
    return {
        (
            one.signal.name,
            *(one.labels[:1] + one.labels[5:] if one.signal.of == "device" else one.labels),
        ): one.value
        for one in collect_recorder(host)
    }


def test_completeness_gaps_and_age(host, tmp_path) -> None:
    midnight = datetime.now(CST).replace(hour=0, minute=0, second=0, microsecond=0)
    yesterday = int((midnight - timedelta(days=1)).timestamp())
    with Index(tmp_path / "index.db") as index:
        # All of yesterday but ten minutes, of which the camera was gone for eight.
        index.add([segment(yesterday + 60 * at, camera=CAMERA) for at in range(1440) if not 100 <= at < 110])
        Events(index).record(CAMERA, Cause.UNREACHABLE, (yesterday + 6000) * 1000, (yesterday + 6480) * 1000)
    found = collected(host)
    day = ("main", "yesterday")
    assert (
        found[("nanxi_recording_index_readable",)] == 1
        if ("nanxi_recording_index_readable",) in found
        else True
    )
    assert found[("nanxi_recording_completeness_ratio", CAMERA, *day)] == pytest.approx(1430 / 1440)
    assert found[("nanxi_recording_planned_seconds", CAMERA, *day)] == 86_400
    gaps = {
        key[-1]: value
        for key, value in found.items()
        if key[:4] == ("nanxi_recording_gap_seconds", CAMERA, *day)
    }
    assert sum(gaps.values()) == 600  # recorded and gaps are the whole day
    assert gaps["camera-unreachable"] >= 480
    assert found[("nanxi_recording_oldest_timestamp_seconds", CAMERA, "main")] == yesterday
    age = datetime.now(UTC).timestamp() - midnight.timestamp()
    assert found[("nanxi_recording_newest_age_seconds", CAMERA, "main")] == pytest.approx(age, abs=60)
    assert found[("nanxi_recording_bytes", CAMERA, "main")] == 1430 * 1_000_000
    assert found[("nanxi_recording_retention_required_seconds", CAMERA)] == 30 * 86_400


def test_a_camera_that_was_never_recorded(host, tmp_path) -> None:
    Index(tmp_path / "index.db").__enter__().__exit__(None, None, None)
    found = collected(host)
    assert found[("nanxi_recording_newest_age_seconds", EMPTY, "main")] == float("inf")
    assert found[("nanxi_recording_completeness_ratio", EMPTY, "main", "yesterday")] == 0
    assert ("nanxi_recording_oldest_timestamp_seconds", EMPTY, "main") not in found
    assert found[("nanxi_recording_gap_seconds", EMPTY, "main", "yesterday", "unknown")] == 86_400


def test_a_host_is_asked_for_nothing_before_it_was_told(host, tmp_path) -> None:
    """On the first day yesterday has no figure; on the second, yesterday counts from when the host was told."""
    midnight = datetime.now(CST).replace(hour=0, minute=0, second=0, microsecond=0)
    noon = int((midnight - timedelta(hours=12)).timestamp())
    with Index(tmp_path / "index.db") as index:
        note(index, [CAMERA], int(datetime.now(UTC).timestamp() * 1000))
        note(index, [EMPTY], noon * 1000)
    found = collected(host)
    fresh = {key[0] for key in found if CAMERA in key}
    assert fresh == {
        "nanxi_recording_newest_age_seconds",
        "nanxi_recording_retention_required_seconds",
        "nanxi_recording_bytes",
    }
    day = ("main", "yesterday")
    assert found["nanxi_recording_planned_seconds", EMPTY, *day] == 43_200
    assert found["nanxi_recording_completeness_ratio", EMPTY, *day] == 0
    gaps = {
        key[4]: value
        for key, value in found.items()
        if key[:4] == ("nanxi_recording_gap_seconds", EMPTY, *day)
    }
    assert gaps == {"unknown": 43_200}


@pytest.mark.parametrize("broken", ["no-index", "rubbish", "no-config"])
def test_what_cannot_be_read_shows_no_camera(broken, host, tmp_path) -> None:
    if broken == "rubbish":
        (tmp_path / "index.db").write_bytes(b"this is no database" * 100)
    if broken == "no-config":
        host.config.recording.unlink()
    samples = list(collect_recorder(host))
    assert not [one for one in samples if one.signal.of == "device"]
    assert [one.value for one in samples if one.signal.name == "nanxi_recording_index_readable"] == [0]
    assert [one for one in samples if one.signal.name == "nanxi_host_clock_synchronised"]


def test_disks_and_clock(host, tmp_path) -> None:
    Index(tmp_path / "index.db").__enter__().__exit__(None, None, None)
    samples = {one.signal.name: one for one in collect_recorder(host)}
    size, free = (samples[f"nanxi_recording_filesystem_{name}"] for name in ("bytes", "free_bytes"))
    assert size.labels == (str(tmp_path),)
    assert 0 < free.value <= size.value
    assert samples["nanxi_host_clock_error_seconds"].value >= 0


def test_what_vehicles_said_at_a_depot(host, tmp_path, estate) -> None:
    """Of a vehicle that the register has; a depot's own figures say nothing of the cameras that only arrive here."""
    vehicle = next(name for name, one in estate.devices.items() if one.kind is Kind.HOST)
    config = json.loads(host.config.recording.read_text()) | {"statements": str(tmp_path / "vehicles")}
    config["cameras"][CAMERA] |= {"vehicle": vehicle}
    host.config.recording.write_text(json.dumps(config))
    with Index(tmp_path / "index.db"):
        pass
    lost = Event("one", EMPTY, Cause.DISK, 0, 60_000, "the disk was full")
    for name in (vehicle, "oubei-host99"):
        aboard = (Stretch(1000, 5000), Stretch(9000, 10_000, "oubei-host01"))
        Statements(tmp_path / "vehicles").keep(Statement(name, 100_000, 2000, {CAMERA: aboard}, (lost,), 7))
    found = collected(host)
    assert found["nanxi_vehicle_heard_timestamp_seconds", vehicle] == 102
    assert found["nanxi_vehicle_waiting_seconds", vehicle] == 4
    assert found["nanxi_vehicle_waiting_bytes", vehicle] == 7
    assert found["nanxi_vehicle_oldest_waiting_timestamp_seconds", vehicle] == 1
    assert found["nanxi_vehicle_clock_offset_seconds", vehicle] == 2
    assert found["nanxi_vehicle_lost_seconds", vehicle] == 60
    assert not [key for key in found if "oubei-host99" in key or CAMERA in key]


def test_a_clock_that_may_not_be_asked_for_hides_no_recordings(host, tmp_path, monkeypatch) -> None:
    def refused() -> bool:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("exporters.recorder.collect.synchronised", refused)
    with Index(tmp_path / "index.db"):
        pass
    found = collected(host)
    assert ("nanxi_host_clock_synchronised",) not in found
    assert found[("nanxi_recording_retention_required_seconds", CAMERA)] == 30 * 86_400
