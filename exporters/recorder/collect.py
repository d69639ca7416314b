"""Collector ``recorder``: the index of this host's recordings as samples. Read only; the recorder writes on meanwhile.

nanxi_recording_newest_age_seconds{device="shangtang-cam0001",...,stream="main"} 41
nanxi_recording_completeness_ratio{device="shangtang-cam0001",...,stream="main",day="yesterday"} 0.997
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from exporters.probe import identity
from exporters.services import Services
from exporters.signals import Sample, Samples
from nanxi.findings import InputError
from nanxi.recording.clock import greatest_error_s, synchronised
from nanxi.recording.completeness import CST, Completeness, bounds, completeness
from nanxi.recording.config import RecordingConfig, load_config
from nanxi.recording.due import due_since
from nanxi.recording.errors import RecordingError
from nanxi.recording.events import Events
from nanxi.recording.gaps import ledger
from nanxi.recording.holdings import holdings
from nanxi.recording.index import Index
from nanxi.recording.statements import Statements
from nanxi.recording.timeline import end_ms
from nanxi.register.model import Device
from nanxi.vehicle.seen import seen

#: The stream that is recorded; a second one would be one more index.
_STREAM = "main"
_DAY_S = 86_400


def collect_recorder(services: Services) -> Iterator[Sample]:
    """Give this host's recordings, file systems and clock. An index that cannot be read is told and gives no cameras."""
    host = Samples()
    _clock(host)
    try:
        config = load_config(services.config.recording)
    except InputError:
        host.add("nanxi_recording_index_readable", 0, path=str(services.config.recording or ""))
        yield from host
        return
    for path in config.volumes:
        _file_system(host, path)
    try:
        with Index(config.index, read_only=True) as index:
            cameras = list(_cameras(services, config, index, datetime.now(UTC)))
    except RecordingError:
        host.add("nanxi_recording_index_readable", 0, path=str(config.index))
    else:
        host.add("nanxi_recording_index_readable", 1, path=str(config.index))
        yield from cameras
    if config.statements is not None:
        yield from _vehicles(services, Statements(config.statements))
    yield from host


def _vehicles(services: Services, statements: Statements) -> Iterator[Sample]:
    """Give what vehicles said here; of a vehicle that the register no longer has, nothing."""
    known: dict[str, Device] = {one.host: one for one in services.estate.devices.values()}
    for one in seen(statements.all()):
        if one.vehicle not in known:
            continue
        samples = Samples(identity(known[one.vehicle]))
        samples.add("nanxi_vehicle_heard_timestamp_seconds", one.heard_ms / 1000)
        samples.add("nanxi_vehicle_waiting_seconds", one.waiting_ms / 1000)
        samples.add("nanxi_vehicle_waiting_bytes", one.waiting_bytes)
        oldest = one.oldest_ms / 1000 if one.oldest_ms is not None else None
        samples.add("nanxi_vehicle_oldest_waiting_timestamp_seconds", oldest)
        samples.add("nanxi_vehicle_clock_offset_seconds", one.offset_ms / 1000)
        samples.add("nanxi_vehicle_lost_seconds", one.lost_ms / 1000)
        yield from samples


def _cameras(services: Services, config: RecordingConfig, index: Index, now: datetime) -> Iterator[Sample]:
    known: dict[str, Device] = {one.host: one for one in services.estate.devices.values()}
    since = due_since(config, index)
    today = now.astimezone(CST).date()
    days = {"today": today, "yesterday": today - timedelta(days=1)}
    found = {
        name: {one.camera: one for one in completeness(index, day, since, now=now)}
        for name, day in days.items()
    }
    sizes, events = holdings(index), Events(index)
    for camera, promise in config.own.items():
        if camera not in known:
            continue
        samples = Samples(identity(known[camera]))
        newest, oldest = index.last(camera, now.timestamp() + 60), index.first(camera)
        age = float("inf") if newest is None else max(0.0, now.timestamp() - end_ms(newest, None) / 1000)
        samples.add("nanxi_recording_newest_age_seconds", age, stream=_STREAM)
        samples.add(
            "nanxi_recording_oldest_timestamp_seconds",
            oldest.start_ms / 1000 if oldest else None,
            stream=_STREAM,
        )
        samples.add("nanxi_recording_retention_required_seconds", promise.days * _DAY_S)
        samples.add("nanxi_recording_bytes", sizes.get(camera, 0), stream=_STREAM)
        for name, day in days.items():
            _day(samples, name, found[name].get(camera))
            for cause, seconds in _gaps(index, events, found[name].get(camera), day, now).items():
                samples.add("nanxi_recording_gap_seconds", seconds, stream=_STREAM, day=name, cause=cause)
        yield from samples


def _day(samples: Samples, name: str, day: Completeness | None) -> None:
    """Tell what was due of a day and how much of it there is; of a day before the camera was due here, nothing."""
    if day is not None and day.due_ms:
        samples.add("nanxi_recording_completeness_ratio", day.ratio, stream=_STREAM, day=name)
        samples.add("nanxi_recording_planned_seconds", day.due_ms / 1000, stream=_STREAM, day=name)


def _gaps(
    index: Index, events: Events, whole: Completeness | None, day: date, now: datetime
) -> Mapping[str, float]:
    """Return missing seconds by cause; the ledger is opened only for a camera and day that lacks something."""
    if whole is None or not whole.due_ms or whole.recorded_ms >= whole.due_ms:
        return {}
    begin, end = bounds(day)
    until = min(end, int(now.timestamp() * 1000) - 120_000)  # the last segment is not closed yet
    start = max(begin, until - whole.due_ms)
    if until <= start:
        return {}
    seconds: dict[str, float] = defaultdict(float)
    for gap in ledger(index, events, whole.camera, start, until).gaps:
        seconds[gap.cause.value] += gap.length_ms / 1000
    return seconds


def _file_system(samples: Samples, path: Path) -> None:
    """Tell size and room of a volume; one that is not mounted has none, which is an alert by its absence."""
    try:
        state = os.statvfs(path)
    except OSError:
        return
    samples.add("nanxi_recording_filesystem_bytes", state.f_blocks * state.f_frsize, path=str(path))
    samples.add("nanxi_recording_filesystem_free_bytes", state.f_bavail * state.f_frsize, path=str(path))


def _clock(samples: Samples) -> None:
    """Tell of the clock what the kernel says; a container may not ask it, and its recordings are told all the same."""
    try:
        kept, error_s = synchronised(), greatest_error_s()
    except OSError:
        return
    samples.add("nanxi_host_clock_synchronised", kept)
    samples.add("nanxi_host_clock_error_seconds", error_s)
