"""What vehicle and depot make of one another, with the depot's real receiver and without a line between them."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nanxi.recording.closing import sha256
from nanxi.recording.events import Cause
from nanxi.recording.gaps import ledger
from nanxi.recording.keeping import usage
from nanxi.recording.reconcile import compare
from nanxi.recording.volumes import create
from nanxi.vehicle import arrival
from nanxi.vehicle.config import load_depot
from nanxi.vehicle.link import LinkError
from nanxi.vehicle.order import Item, first, ordered
from nanxi.vehicle.receive import respond
from nanxi.vehicle.visit import DistrustError, Visitor
from tests.vehicle.conftest import CAMERAS, OTHERS, SECONDS, NearLink, Station, recent


def visit(car, link, **more):
    with car.board() as board:
        return Visitor(board, link, link.station.name, chance=random.Random(1)).run(**more)


@pytest.fixture
def link(station, car):
    return NearLink(station, car)


def test_flagged_first_then_the_newest(car, link, clips):
    start = recent()
    old = car.record(clips[:3], start)
    new = car.record(clips[:2], start + 600, camera=1)
    with car.host() as host:
        host.holds.place(CAMERAS[0], old[1].start_ms, old[1].start_ms + 500, "2026-17号案", "李伟")
    visit(car, link)
    flagged = [
        str(old[0].name),
        str(old[1].name),
    ]  # a start is rounded down: its neighbour may hold the second too
    assert set(link.sent[:2]) == set(flagged)
    assert link.sent[2:4] == [str(new[1].name), str(new[0].name)]


def test_a_flag_goes_with_its_footage(car, station, link, clips):
    """What is held on board is held at the depot, until somebody releases it there; then also on board."""
    (segment,) = car.record(clips[:1], recent())
    with car.host() as host:
        placed = host.holds.place(
            CAMERAS[0], segment.start_ms, segment.start_ms + 2000, "2026-17号案", "李伟"
        )
    visit(car, link)
    with station.host() as host:
        (held,) = host.holds.all()
        assert (held.id, held.reason, held.who) == (placed.id, "2026-17号案", "李伟")
        host.holds.release(placed.id, "结案", "王芳")
    visit(car, link)
    with car.host() as host:
        assert [one.released_reason for one in host.holds.all()] == ["released at shangtang"]
    with station.host() as host:
        assert len(host.holds.all()) == 1  # and it is not placed again


def test_a_depot_names_what_is_still_on_board_and_what_is_elsewhere(car, station, link, clips, tmp_path):
    start = recent()
    car.record(clips[:2], start)
    visit(car, link)
    elsewhere = station_of(tmp_path / "other_station", car, "oubei")
    car.record(clips[2:4], start + 600, session="00000002")
    visit(car, NearLink(elsewhere, car))
    car.record(clips[4:6], start + 1200, session="00000003")
    with car.board() as board:
        Visitor(board, link, "shangtang")._tell()
    with station.host() as host:
        found = ledger(host.index, host.events, CAMERAS[0], start * 1000, (start + 1300) * 1000)
    assert found.recorded_ms == 2 * SECONDS * 1000
    named = [(gap.cause, gap.from_ms // 1000 - start, gap.detail) for gap in found.gaps if gap.detail]
    assert (Cause.ELSEWHERE, 600, "oubei") in named
    assert (Cause.NOT_UPLOADED, 1200, car.vehicle) in named
    with station.host() as host:
        later = ledger(host.index, host.events, CAMERAS[0], (start + 8000) * 1000, (start + 8060) * 1000)
    assert [gap.cause for gap in later.gaps] == [Cause.NOT_UPLOADED]
    assert "last heard" in later.gaps[0].detail


def station_of(folder: Path, car, name):
    made = Station(folder, name)
    made.folder.mkdir()
    made.volume.mkdir()
    create(made.volume, "disk1")
    made.write([car])
    return made


def test_causes_from_on_board_are_told_at_the_depot(car, station, link, clips):
    start = recent()
    car.record(clips[:1], start)
    with car.host() as host:
        host.events.record(CAMERAS[0], Cause.UNREACHABLE, (start + 60) * 1000, (start + 120) * 1000, "cable")
    visit(car, link)
    with station.host() as host:
        host.events.record(
            None, Cause.HOST_DOWN, (start + 60) * 1000, (start + 120) * 1000, "the depot's own"
        )
        (gap,) = ledger(host.index, host.events, CAMERAS[0], (start + 60) * 1000, (start + 120) * 1000).gaps
    assert (gap.cause, gap.detail) == (Cause.UNREACHABLE, "cable")


def test_receipts_that_were_lost_come_back_without_a_byte_of_video(car, link, clips):
    car.record(clips, recent())
    visit(car, link)
    for path in car.folder.glob("receipts.db*"):
        path.unlink()
    link.sent.clear()
    again = visit(car, link)
    assert (len(again.confirmed), link.sent) == (len(clips), [])


class Lying(NearLink):
    """A depot that says it has everything, and can show nothing."""

    def ask(self, question):
        answer = super().ask(question)
        if question["ask"] == "present":
            files = [{"name": one["name"], "state": "have", "proof": "0" * 64} for one in question["files"]]
            return {"files": files}
        return answer


class Replaying(NearLink):
    """A depot that plays the answer of an earlier time."""

    old = None

    def ask(self, question):
        answer = super().ask(question)
        if question["ask"] == "present":
            if Replaying.old is not None:
                return Replaying.old
            if all(one["state"] == "have" for one in answer["files"]):
                Replaying.old = answer
        return answer


@pytest.mark.parametrize("kind", [Lying, Replaying])
def test_ok_is_not_evidence(station, car, clips, kind):
    car.record(clips[:2], recent())
    link = kind(station, car)
    if kind is Replaying:
        visit(car, link)
        for path in car.folder.glob("receipts.db*"):
            path.unlink()
    with car.board() as board:
        with pytest.raises(DistrustError, match="cannot prove it"):
            Visitor(board, link, "shangtang").run()
        assert len(board.waiting()) == 2


def test_a_depot_that_lost_its_disk_is_found_out_while_the_copies_are_on_board(car, station, link, clips):
    car.record(clips, recent())
    visit(car, link)
    shutil.rmtree(station.volume / CAMERAS[0])
    link.sent.clear()
    again = visit(car, link)
    assert len(again.withdrawn) == len(clips)
    assert sorted(again.confirmed) == sorted(link.sent) == sorted(again.withdrawn)
    assert len(station.has()) == len(clips)


def test_a_byte_that_flips_on_the_way_is_sent_again(car, station, clips):
    class Flipping(NearLink):
        flips = 1

        def send(self, items):
            done = super().send(items)
            if Flipping.flips:
                Flipping.flips -= 1
                flip(self.station.spool / self.car.vehicle / items[0].name)
            return done

    segments = car.record(clips[:2], recent())
    link = Flipping(station, car)
    done = visit(car, link)
    assert sorted(done.confirmed) == sorted(str(one.name) for one in segments)
    assert len(link.sent) == 3
    assert {sha256(path) for path in station.has().values()} == {one.sha256 for one in segments}


def test_a_line_that_spoils_everything_ends_and_confirms_nothing(car, station, clips):
    class Spoiling(NearLink):
        def send(self, items):
            done = super().send(items)
            for item in items:
                flip(self.station.spool / self.car.vehicle / item.name)
            return done

    car.record(clips[:2], recent())
    done = visit(car, Spoiling(station, car))
    assert (done.confirmed, len(done.refused)) == ([], 2)
    assert station.has() == {}


def test_a_byte_that_flipped_on_board_is_evidence_still_and_shows(car, station, link, clips):
    (segment,) = car.record(clips[:1], recent())
    flip(segment.name.path(car.volume))
    done = visit(car, link)
    assert done.spoiled == done.confirmed == [str(segment.name)]
    with station.host() as host:
        there = host.index.get(segment.name)
        assert there.sha256 == segment.sha256 != sha256(there.name.path(station.volume))


def test_one_that_flips_at_the_depot_is_not_confirmed_again(car, station, link, clips):
    (segment,) = car.record(clips[:1], recent())
    visit(car, link)
    flip(segment.name.path(station.volume))
    again = visit(car, link)
    assert again.withdrawn == [str(segment.name)]
    assert again.refused == {str(segment.name): "another file of this name is here"}
    with car.board() as board:
        assert len(board.waiting()) == 1  # nobody else has it whole: it stays, and is told


def flip(path: Path, at: int = 100_000) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))


def test_a_vehicle_brings_only_its_own(car, station, clips):
    """A vehicle whose host was taken over writes into no other's footage, and says nothing about it."""
    (segment,) = car.record(clips[:1], recent())
    link = NearLink(station, car)
    with car.board() as board:
        (item,) = board.items()
        foreign = str(replace(segment.name, camera=OTHERS[0]))
        shutil.copyfile(item.path, car.folder / foreign)
        board_present = board.present(replace(item, path=car.folder / foreign, name=foreign))
        said = board.statement("shangtang").as_record()
        hold = {"id": "x", "camera": OTHERS[0], "from_ms": 0, "until_ms": 1, "reason": "r", "who": "w",
                "placed_ms": 0}  # fmt: skip
    said["cameras"][OTHERS[0]] = [[0, 1 << 50, ""]]
    said["vehicle"] = "oubei-host08"
    (answer,) = link.ask({"ask": "present", "files": [board_present.as_record()]})["files"]
    assert (answer["state"], answer["why"]) == ("refused", "oubei-cam0801 is no camera of shangtang-host07")
    link.ask({"ask": "tell", "statement": said, "holds": [hold]})
    with station.host() as host:
        assert host.holds.all() == []
        assert host.events.between(OTHERS[0], 0, 1 << 62) == []
    for wrong in ("../../etc/passwd", "nanxi-volume.json", f"{CAMERAS[0]}_20260230T000000Z_00000001.ts"):
        record = {**board_present.as_record(), "name": wrong}
        (answer,) = link.ask({"ask": "present", "files": [record]})["files"]
        assert (answer["state"], station.has()) == ("refused", {})


@pytest.mark.parametrize(
    "question",
    [
        {"ask": "dance"},
        {"ask": "present", "files": "all"},
        {"ask": "present", "files": [{"name": "x", "size": -1}]},
        {"ask": "present", "files": [{"name": "x" * 5000}]},
        {"ask": "tell", "statement": {"vehicle": 1}, "holds": []},
        {"ask": "tell", "statement": None, "holds": [{}]},
    ],
)
def test_a_question_of_another_kind_is_answered_and_does_nothing(station, car, question):
    answer = respond(
        load_depot(station.folder / "depot.json"), json.dumps({**question, "vehicle": car.vehicle}).encode()
    )
    assert set(answer) == {"error"}
    assert station.has() == {}


def test_a_depot_without_room_takes_nothing_and_says_so(car, station, link, clips, monkeypatch):
    car.record(clips[:2], recent())
    whole, _ = usage(station.volume)
    monkeypatch.setattr(arrival, "usage", lambda _: (whole, int(whole * 0.04)))
    done = visit(car, link)
    assert (done.full, done.confirmed, link.sent) == (True, [], [])


def test_a_vehicle_whose_clock_was_wrong_loses_nothing_to_retention(car, station, link, clips):
    """Recorded in "2008": by its name its time is over the moment it arrives. It counts from its arrival (``undated``)."""
    (segment,) = car.record(clips[:1], 1_216_000_000, trusted=False)
    visit(car, link)
    now = datetime.now(UTC)
    with station.host() as host:
        host.keeper().round(now)
        host.keeper().round(now + timedelta(days=29))
        assert list(station.has()) == [str(segment.name)]
        host.keeper().round(now + timedelta(days=31))
    assert station.has() == {}


def test_what_came_after_its_time_is_deleted_as_the_law_wants(car, station, link, clips):
    car.record(clips[:1], recent(40 * 86_400))
    assert len(visit(car, link).confirmed) == 1
    with station.host() as host:
        host.keeper().round(datetime.now(UTC))
    assert station.has() == {}


def test_a_crash_between_name_and_row_is_taken_in(car, station, link, clips):
    (segment,) = car.record(clips[:1], recent())
    target = segment.name.path(station.volume)
    target.parent.mkdir(parents=True)
    shutil.copyfile(segment.name.path(car.volume), target)
    done = visit(car, link)
    assert (done.confirmed, link.sent) == ([str(segment.name)], [])
    with station.host() as host:
        assert list(compare(host.index, host.volumes)) == []


def test_the_vehicles_folder_of_the_spool_is_the_doors_to_make(car, station, link, clips):
    """One that the receiver made belonged to its own account, and rrsync could not come into it."""
    car.record(clips[:1], recent())
    with car.board() as board:
        (item,) = board.waiting()
        answer = link.ask({"ask": "present", "files": [board.present(item).as_record()]})
    assert [one["state"] for one in answer["files"]] == ["want"]
    assert not (station.spool / car.vehicle).exists()


def test_a_file_that_was_cut_off_before_rsync_opened_it_is_sent_again(car, link, clips, monkeypatch):
    """rsync passes over what has its full length, so nobody but the receiver would ever end it."""
    (segment,) = car.record(clips[:1], recent())
    closed = iter([False])
    monkeypatch.setattr(arrival.os, "access", lambda *_: next(closed, True))
    assert visit(car, link).confirmed == [str(segment.name)]
    assert link.sent == [str(segment.name)] * 2


def test_the_line_is_cut_after_a_batch(car, station, clips):
    class Cut(NearLink):
        def send(self, items):
            if self.sent:
                raise LinkError("shangtang: the vehicle drove off")
            return super().send(items)

    car.record(clips, recent())
    car.write([], batch_mib=1)
    with car.board() as board:
        visitor = Visitor(board, Cut(station, car), "shangtang")
        with pytest.raises(LinkError):
            visitor.run()
        assert visitor.result.confirmed
        assert len(board.waiting()) == len(clips) - len(visitor.result.confirmed)
    assert set(station.has()) == set(visitor.result.confirmed)


def test_batches_are_small_but_never_empty():
    items = [Item(str(at), "c", at, at, 10, Path("/")) for at in range(5)]
    assert [one.name for one in first(items, 25)] == ["0", "1"]
    assert [one.name for one in first(items, 1)] == ["0"]
    assert first([], 10) == []
    assert [one.name for one in ordered(items, {}, newest_first=False)] == ["0", "1", "2", "3", "4"]
