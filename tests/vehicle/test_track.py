"""Where the vehicle was: from gpsd's own mouth to the disk, and beside the video that is handed out."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
import xml.etree.ElementTree as ET
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nanxi.recording.footage.export import TRACK, Exporter, Options
from nanxi.recording.footage.request import Request
from nanxi.recording.footage.verify import verify
from nanxi.recording.tracks import Position, expire_tracks, gpx, names_on, positions
from nanxi.recording.volumes import Volume, create
from nanxi.vehicle.gpsd import of_line, reports
from nanxi.vehicle.track import Tracker, TrackWriter
from nanxi.vehicle.visit import Visitor
from tests.support.lab import need
from tests.vehicle.conftest import VEHICLE, NearLink, free_port, recent

#: A minute's drive through Shangtang, as a receiver says it (NMEA 0183): fix, fix lost, fix again.
NMEA = Path(__file__).parents[1] / "cases/vehicle/shangtang.nmea"


class Daemon:
    """A gpsd that says what a test wants: one script per connection, then it hangs up."""

    def __init__(self, scripts):
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = self.server.getsockname()[1]
        self.asked = []
        self._scripts = list(scripts)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        with suppress(OSError):
            for script in self._scripts:
                connection, _ = self.server.accept()
                with connection:
                    self.asked.append(connection.recv(200))
                    for line in script:
                        connection.sendall(
                            line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n"
                        )
                        time.sleep(0.01)

    def close(self):
        self.server.close()
        self._thread.join(5)


def tpv(latitude, mode=3, **more):
    return {"class": "TPV", "device": "/dev/gps0", "mode": mode, "lat": latitude, "lon": 120.69,
            "time": "2026-03-02T10:00:00.000Z", **more}  # fmt: skip


@pytest.mark.parametrize(
    "line",
    [
        b"", b"{", b"[]", b'"TPV"', b"\xff\xfe",
        b'{"class":"SKY","mode":3,"lat":28,"lon":120}',
        b'{"class":"TPV","mode":1,"lat":28,"lon":120}',  # no fix: where it was last
        b'{"class":"TPV","mode":0}', b'{"class":"TPV","mode":3}',
        b'{"class":"TPV","mode":3,"lat":128,"lon":120}',
        b'{"class":"TPV","mode":3,"lat":NaN,"lon":120}',
        b'{"class":"TPV","mode":3,"lat":"28","lon":120}',
        b'{"class":"TPV","mode":3,"lat":true,"lon":120}',
    ],
)  # fmt: skip
def test_what_is_no_position(line):
    assert of_line(line, 0) is None


def test_a_report_old_and_new():
    new = of_line(b'{"class":"TPV","mode":3,"lat":28.1,"lon":120.6,"altMSL":30.5,"altHAE":42,"eph":4.2,"speed":8.3,'
                  b'"track":270.1,"time":"2026-03-02T10:00:01.500Z"}', 7)  # fmt: skip
    assert new == Position(7, 1_772_445_601_500, 28.1, 120.6, 30.5, 8.3, 270.1, 4.2)
    old = of_line(
        b'{"class":"TPV","mode":2,"lat":28.1,"lon":120.6,"alt":30.5,"epx":3,"epy":4,"time":"yesterday"}', 7
    )
    assert old == Position(7, None, 28.1, 120.6, None, None, None, 5.0)


def test_gpsd_that_restarts_lies_and_falls_silent(tmp_path, monkeypatch):
    monkeypatch.setattr("nanxi.vehicle.gpsd.SILENCE_S", 0.5)
    monkeypatch.setattr("nanxi.vehicle.track._LEAST_MS", 0)
    volume = create(tmp_path, "disk1")
    daemon = Daemon([
        [{"class": "VERSION"}, tpv(28.1), b"{not json\n", tpv(28.9, mode=1), tpv(28.2)],
        [],
        [b"x" * 100_000 + b"\n", tpv(28.3)],
    ])  # fmt: skip
    with closing(daemon):
        writer = TrackWriter([tmp_path], VEHICLE, 60)
        tracker = Tracker(writer, daemon.port, again_s=0.01)

        def latitudes():
            now = time.time() * 1000
            return [
                one.latitude for one in positions([volume], VEHICLE, int(now - 60_000), int(now + 60_000))
            ]

        deadline = time.monotonic() + 30
        tracker.run(lambda: len(latitudes()) < 3 and time.monotonic() < deadline)
        assert latitudes() == [28.1, 28.2, 28.3]
    assert daemon.asked[0] == b'?WATCH={"enable":true,"json":true};\n'
    assert all(Path(path.path(tmp_path)).stat().st_mode & 0o007 == 0 for path in names_on(tmp_path))


def test_no_gpsd_at_all(tmp_path):
    create(tmp_path, "disk1")
    rounds = iter([True, True, False])
    Tracker(TrackWriter([tmp_path], VEHICLE, 60), free_port(), again_s=0).run(lambda: next(rounds))
    assert names_on(tmp_path) == []


def test_a_disk_that_is_not_mounted_gets_nothing(tmp_path):
    writer = TrackWriter([tmp_path], VEHICLE, 60)
    with pytest.raises(OSError, match="no volume is mounted"):
        writer.write(Position(1000, None, 28.0, 120.0))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.foreign
def test_the_real_gpsd_with_a_receivers_sentences(tmp_path):
    """The daemon itself judges: what it makes of NMEA is what is kept, and what has no fix is not."""
    need("gpsd")
    sentences = NMEA.read_bytes().splitlines(keepends=True)
    feed, port = socket.create_server(("127.0.0.1", 0)), free_port()

    def drive():
        with suppress(OSError):
            connection, _ = feed.accept()
            with connection:
                for _ in range(3):
                    for line in sentences:
                        connection.sendall(line)
                        time.sleep(0.01)

    driving = threading.Thread(target=drive, daemon=True)
    driving.start()
    daemon = subprocess.Popen(
        ["gpsd", "-N", "-n", "-S", str(port), f"tcp://127.0.0.1:{feed.getsockname()[1]}"],
        stderr=subprocess.DEVNULL,
    )
    found = []
    try:

        def read():
            with suppress(OSError):
                for position in reports(port):
                    found.append(position)
                    if len(found) >= 4:
                        return

        deadline = time.monotonic() + 20
        while not found and time.monotonic() < deadline:
            read()
            time.sleep(0.1)
    finally:
        daemon.kill()
        daemon.wait()
        feed.close()
    assert found, "gpsd gave no position"
    assert all(abs(one.latitude - 28.15) < 0.05 and abs(one.longitude - 120.69) < 0.05 for one in found)
    assert all(one.gps_ms is not None for one in found)


@pytest.mark.lab
def test_the_ignition_is_cut_at_every_step(disk):
    """Each position that was written is there when the host comes up again; half a line disturbs nobody."""
    for step in range(1, 22, 2):
        disk.renew()
        volume = create(disk.path, "disk1")
        disk.ask("sync")
        disk.cut_at(step, step)
        writer, kept = TrackWriter([disk.path], VEHICLE, 3), []
        with suppress(OSError):
            for at in range(8):
                writer.write(Position(1_772_445_600_000 + at * 1000, None, 28.0 + at / 100, 120.6))
                kept.append(28.0 + at / 100)
        with suppress(OSError):
            writer.close()
        if not disk.ask("state")["off"]:
            disk.cut(step)
        disk.again()
        found = [one.latitude for one in positions([volume], VEHICLE, 1_772_445_600_000, 1_772_445_700_000)]
        assert found[: len(kept)] == kept, f"cut at step {step}"


def test_a_track_comes_to_the_depot_and_goes_when_its_time_is_over(car, station):
    start = recent()
    car.record([], start)
    writer = TrackWriter([car.volume], car.vehicle, 60)
    for at in range(3):
        writer.write(Position((start + 50 * at) * 1000, None, 28.1 + at / 100, 120.69, 12.0))
    writer.close()
    for name in names_on(car.volume):
        os.utime(name.path(car.volume), (start, start))
    with car.board() as board:
        assert len(Visitor(board, NearLink(station, car), "shangtang").run().confirmed) == 2
    there = [Volume("disk1", station.volume)]
    found = positions(there, car.vehicle, start * 1000, (start + 200) * 1000)
    assert [round(one.latitude, 6) for one in found] == [28.1, 28.11, 28.12]
    now = datetime.now(UTC)
    held = {car.vehicle: [(start * 1000, start * 1000 + 1)]}
    assert expire_tracks(there, {car.vehicle: 30}, now + timedelta(days=29), {}) == 0
    assert expire_tracks(there, {car.vehicle: 30}, now + timedelta(days=33), held) == 0
    assert expire_tracks(there, {car.vehicle: 30}, now + timedelta(days=33), {}) == 2
    own = [Volume("disk1", car.volume)]
    assert expire_tracks(own, {car.vehicle: 3}, now + timedelta(days=9), {}, {}) == 0  # no depot has it
    with car.board() as board:
        assert (
            expire_tracks(own, {car.vehicle: 3}, now + timedelta(days=9), {}, board.receipts.confirmed()) == 2
        )


def test_an_export_shows_where_it_was(car, station, clips, tmp_path):
    """At the depot, beside footage that came without a line to it; and a track that somebody altered is found out."""
    start = recent()
    car.record(clips[:2], start)
    writer = TrackWriter([car.volume], car.vehicle, 60)
    for at in range(6):
        writer.write(Position((start + at) * 1000, None, 28.1 + at / 100, 120.69, 12.0))
    writer.close()
    for name in names_on(car.volume):
        os.utime(name.path(car.volume), (start, start))
    with car.board() as board:
        Visitor(board, NearLink(station, car), "shangtang").run()
    with station.host() as host:
        exporter = Exporter(host.index, host.volumes, host.events, host.log, host.config.cameras)
        wanted = Request(car.cameras[0], start * 1000, (start + 4) * 1000, "李伟", "交警", "2026-17号案")
        content = exporter.export(wanted, tmp_path / "out", Options(sheet=False))
        assert [one["name"] for one in content["track"]] == [TRACK]
        points = ET.parse(tmp_path / "out" / TRACK).findall(".//{http://www.topografix.com/GPX/1/1}trkpt")
        assert [point.get("lat") for point in points] == [
            "28.1000000",
            "28.1100000",
            "28.1200000",
            "28.1300000",
        ]
        assert verify(tmp_path / "out", host.log) == []
        (tmp_path / "out" / TRACK).write_text("<gpx/>")
        assert any(one.file.endswith(TRACK) for one in verify(tmp_path / "out", host.log))


def test_gpx_is_what_map_programs_read():
    found = [Position(at, None, 28.1, 120.69, 12.0) for at in (0, 1000, 60_000)]
    root = ET.fromstring(gpx("oubei-host02", found))
    space = {"g": "http://www.topografix.com/GPX/1/1"}
    pieces = root.findall("g:trk/g:trkseg", space)
    assert [len(piece) for piece in pieces] == [2, 1]
    assert pieces[1][0].find("g:time", space).text == "1970-01-01T00:01:00.000Z"
