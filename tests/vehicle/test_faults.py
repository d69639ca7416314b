"""Cables, daemons, disks and processes that fail in the middle: nothing confirmed is missing, nothing unconfirmed is deleted."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nanxi.recording.closing import sha256
from nanxi.recording.host import open_host
from nanxi.recording.mend import mend
from nanxi.recording.reconcile import compare
from nanxi.recording.volumes import create
from nanxi.vehicle.config import load_depot
from nanxi.vehicle.link import LinkError
from nanxi.vehicle.receive import respond
from nanxi.vehicle.visit import Visitor
from tests.vehicle.conftest import ROOT, NearLink, Station, recent, until

pytestmark = pytest.mark.lab


def promises_kept(car, station, segments):
    """Each segment is still on board, or proved and whole at the depot; and receipts speak the truth."""
    there = station.has()
    with car.board() as board:
        confirmed = board.receipts.confirmed()
        for segment in segments:
            name = str(segment.name)
            assert segment.name.path(car.volume).exists()
            if name in confirmed:
                assert sha256(there[name]) == segment.sha256, f"{name} is confirmed and not there"
    return confirmed


def one_visit(yard, **more):
    """Visit in a process of its own, as the agent does; return it."""
    yard.link(**more)
    code = (
        "import sys; from pathlib import Path; from nanxi.vehicle.config import load_board;"
        "from nanxi.vehicle.board import open_board; from nanxi.vehicle.link import SshLink;"
        "from nanxi.vehicle.visit import Visitor; c = load_board(Path(sys.argv[1]));"
        "\nwith open_board(c) as b: Visitor(b, SshLink(c, c.depots[0]), c.depots[0].name).run()"
    )
    return subprocess.Popen(
        [*yard.board.enter, sys.executable, "-c", code, str(yard.car.folder / "vehicle.json")],
        cwd=ROOT, stderr=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


@pytest.mark.parametrize("how", ["cable", "sshd"])
def test_cut_in_the_middle_of_a_file(yard, clips, how):
    """What came before the cut is not sent again; a link that died without a word is noticed on both sides."""
    segments = yard.car.record(clips[:3], recent())
    total = sum(one.size for one in segments)
    visiting = one_visit(yard, bandwidth_kib=700)
    until(lambda: yard.spooled() > total // 3)
    (yard.pull if how == "cable" else yard.kill_sshd)()
    assert visiting.wait(60) != 0
    assert promises_kept(yard.car, yard.station, segments) == {}
    before = yard.spooled()
    assert total > before > total // 3
    (yard.plug if how == "cable" else yard.start_sshd)()
    with yard.car.board() as board:
        visit = Visitor(board, yard.link(), "shangtang").run()
    print(f"{how}: {total} bytes, {before} there at the cut, {visit.sent_bytes} sent afterwards")
    assert len(visit.confirmed) == len(segments)
    assert visit.sent_bytes < total - before + total // 4
    assert len(promises_kept(yard.car, yard.station, segments)) == len(segments)


def test_a_file_that_was_cut_is_open_to_the_receiver_when_it_is_whole(yard, clips):
    """rsync keeps a file to itself until it is whole, and leaves one that it finds as it is unless it is told otherwise."""
    yard.car.record(clips[:1], recent())
    with yard.car.board() as board:
        (item,) = board.waiting()
    spooled = yard.station.spool / yard.car.vehicle / item.name
    spooled.parent.mkdir(mode=0o2770)
    spooled.write_bytes(item.path.read_bytes()[: item.size // 2])
    spooled.chmod(0o600)
    yard.link().send([item])
    assert spooled.stat().st_size == item.size
    assert spooled.stat().st_mode & 0o040


def test_two_vehicles_and_one_of_them_twice(yard, other_car, clips):
    mine = yard.car.record(clips[:3], recent())
    theirs = other_car.record(clips[:3], recent())
    yard.link()
    other_car.write([yard.known()])
    running = [one_visit(yard), one_visit(yard)]
    yard.car, own = other_car, yard.car
    running.append(one_visit(yard))
    ends = [process.wait(90) for process in running]
    yard.car = own
    assert ends[2] == 0
    assert 0 in ends[:2], running[0].stderr.read()
    assert set(yard.station.has()) == {str(one.name) for one in (*mine, *theirs)}
    promises_kept(own, yard.station, mine)
    promises_kept(other_car, yard.station, theirs)


@pytest.fixture
def tiny(tmp_path) -> Iterator[Path]:
    path = tmp_path / "tiny"
    path.mkdir()
    mounted = ["mount", "-t", "tmpfs", "-o", "size=2m,mode=755", "nanxi-tiny", str(path)]
    if os.geteuid() or subprocess.run(mounted, check=False).returncode:
        pytest.skip("needs root, and the right to mount a small file system")
    try:
        yield path
    finally:
        subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_spool_that_is_full(yard, clips, tiny):
    segments = yard.car.record(clips, recent())
    assert sum(one.size for one in segments) > 3 << 20
    config = json.loads((yard.station.folder / "depot.json").read_text()) | {"spool": str(tiny)}
    (yard.station.folder / "depot.json").write_text(json.dumps(config))
    link = yard.link()
    with (
        yard.car.board() as board,
        pytest.raises(LinkError),
    ):  # the far side's "No space left" does not always get through
        Visitor(board, link, "shangtang").run()
    # What came whole before the disk was full is proved first by the next visit, which makes the room.
    link = yard.link(batch_mib=1)
    with yard.car.board() as board:
        assert len(Visitor(board, link, "shangtang").run().confirmed) == len(segments)
    assert len(promises_kept(yard.car, yard.station, segments)) == len(segments)


def test_a_disk_that_is_full_at_the_depot(car, station, clips, tiny):
    """Real ENOSPC under the copy, because somebody else fills the disk between the look and the copy."""
    segments = car.record(clips, recent())
    create(tiny, "disk9")
    config = json.loads((station.folder / "recording.json").read_text()) | {
        "volumes": [str(tiny)], "watermarks": {"keep": 0.0001, "start": 0.0002, "stop": 0.0003},
    }  # fmt: skip
    (station.folder / "recording.json").write_text(json.dumps(config))
    with car.board() as board:
        done = Visitor(board, NearLink(station, car), "shangtang").run()
    assert done.full
    assert 0 < len(done.confirmed) < len(segments)
    promises_kept(car, station, segments)
    assert [path.name for path in (tiny / "incoming").iterdir()] == []
    with station.host() as host:
        assert list(compare(host.index, host.volumes)) == []


@pytest.mark.parametrize("seed", range(6))
def test_the_receiver_is_killed_at_a_random_instant(car, station, clips, seed):
    segments = car.record(clips, recent())
    folder = station.spool / car.vehicle
    folder.mkdir(parents=True)
    with car.board() as board:
        shown = [(item, board.present(item)) for item in board.items()]
        for item, _ in shown:
            shutil.copyfile(item.path, folder / item.name)
        question = {"ask": "present", "vehicle": car.vehicle, "files": [one.as_record() for _, one in shown]}
        process = subprocess.Popen(
            [sys.executable, "-c", _READY + "main()"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
            env={**os.environ, "NANXI_DEPOT": str(station.folder / "depot.json")},
        )  # fmt: skip
        assert process.stdout.read(1) == b"r"
        process.stdin.write(json.dumps(question).encode() + b"\n")
        process.stdin.flush()
        time.sleep(random.Random(seed).uniform(0.0, 0.15))
        process.kill()
        process.wait()
        with station.host() as host:
            mend(host.index, host.volumes, host.events)
            assert list(compare(host.index, host.volumes)) == []
        done = Visitor(board, NearLink(station, car), "shangtang").run()
        assert len(done.confirmed) == len(segments)
    assert len(promises_kept(car, station, segments)) == len(segments)


_READY = "import sys; from nanxi.vehicle.receive import main; sys.stdout.write('r'); sys.stdout.flush();"


def test_the_depots_power_is_cut_at_every_step(disk, car, clips, tmp_path):
    """Before and after every sync: what the depot answered ``have`` about is indexed and whole when it comes up again."""
    (segment,) = car.record(clips[:1], recent())
    small = tmp_path / "small.ts"
    small.write_bytes(segment.name.path(car.volume).read_bytes()[: 188 * 60])
    shutil.copyfile(small, segment.name.path(car.volume))
    with car.host() as host:
        mend(host.index, host.volumes, host.events)
    with car.board() as board:
        (item,) = board.items()
        shown = board.present(item)
    question = json.dumps({"ask": "present", "vehicle": car.vehicle, "files": [shown.as_record()]}).encode()
    whole = _steps(disk, car, item, question)
    assert whole > 15
    confirmed = 0
    for step in range(whole):
        station = _fresh(disk, car)
        _spool(station, car, item)
        disk.cut_at(step, step if step % 2 else None)
        answer = respond(load_depot(station.folder / "depot.json"), question)
        assert disk.ask("state")["off"], f"no cut at step {step}"
        disk.again()
        said = answer.get("files", [{}])[0].get("state")
        with open_host(station.folder / "recording.json", make_index=True) as host:
            mend(host.index, host.volumes, host.events, now=time.time() + 1e6)
            row = host.index.get(segment.name)
            if said == "have":
                confirmed += 1
                assert row is not None, f"confirmed at step {step} and gone"
                assert sha256(segment.name.path(station.volume)) == shown.sha256
            assert list(compare(host.index, host.volumes, now=time.time() + 2e6)) == []
        # And whatever it was, the next visit brings it home.
        _spool(station, car, item)
        answer = respond(load_depot(station.folder / "depot.json"), question)
        assert [one["state"] for one in answer["files"]] == ["have"], f"after a cut at step {step}: {answer}"
    print(f"{whole} steps, confirmed before the cut in {confirmed}")


def _fresh(disk, car) -> Station:
    disk.renew()
    station = Station(disk.path)
    station.volume.mkdir()
    create(station.volume, "disk1")
    station.write([car])
    with station.host():
        pass
    disk.ask("sync")
    return station


def _spool(station, car, item) -> None:
    """Put the file where rsync does, on a disk of its own."""
    folder = station.spool / car.vehicle
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(item.path, folder / item.name)


def _steps(disk, car, item, question) -> int:
    station = _fresh(disk, car)
    _spool(station, car, item)
    begin = disk.steps()
    answer = respond(load_depot(station.folder / "depot.json"), question)
    assert answer["files"][0]["state"] == "have", answer
    return disk.steps() - begin
