"""`scripts/vehicle`, as people type it on board and at a depot."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from nanxi.recording.events import Cause
from nanxi.vehicle.agent import Agent
from nanxi.vehicle.visit import Visitor
from tests.vehicle.conftest import CAMERAS, ROOT, VEHICLE, NearLink, free_port, recent

ASKED = ("--who", "李伟", "--organisation", "交警大队", "--reason", "2026-17号案")


def run(*words, within=(), language="zh"):
    return subprocess.run(
        [*within, sys.executable, "scripts/vehicle", *map(str, words)],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120, env={**os.environ, "NANXI_LANG": language},
    )  # fmt: skip


@pytest.fixture
def board(car):
    return ("--config", car.folder / "vehicle.json")


def test_status_and_flag(car, board, clips):
    car.record(clips[:2], recent(300))
    car.record(clips[:1], recent(7200), camera=1)
    flagged = run(*board, "--json", "flag", "--last", "20", *ASKED)
    assert flagged.returncode == 0, flagged.stderr
    assert {one["camera"] for one in json.loads(flagged.stdout)} == set(CAMERAS)
    with car.host() as host:
        assert {one.camera for one in host.holds.all()} == set(CAMERAS)
        assert [one.record["kind"] for one in host.log.entries()] == ["hold", "hold"]
    shown = json.loads(run(*board, "--json", "status").stdout)
    assert (shown["vehicle"], shown["waiting"], shown["flagged"], shown["confirmed"]) == (VEHICLE, 3, 2, 0)
    assert "待上传文件\t3" in run(*board, "status").stdout
    assert "of these flagged\t2" in run(*board, "status", language="en").stdout


@pytest.mark.parametrize(
    "words", [(), ("--last", "5", "--from", "2026-03-02 18:00"), ("--last", "0"), ("--from", "yesterday")]
)
def test_a_flag_without_a_time_is_none(car, board, words):
    car.record([], recent())
    assert run(*board, "flag", *words, *ASKED).returncode == 2
    with car.host() as host:
        assert host.holds.all() == []


def test_without_a_depot(car, board, clips):
    car.record(clips[:1], recent())
    car.write([{"name": "shangtang", "address": "127.0.0.1", "port": free_port(),
                "host_keys": ["ssh-ed25519 AAAA"]}])  # fmt: skip
    done = run(*board, "upload")
    assert (done.returncode, done.stderr.strip()) == (1, "vehicle: 没有可连接的停车点")


def test_a_wrong_configuration_is_told_at_once(car, board):
    (car.folder / "vehicle.json").write_text(json.dumps({
        "vehicle": "car 7", "depots": [{"name": "../x", "address": "depot.example", "host_keys": []}], "colour": "red",
    }))  # fmt: skip
    done = run(*board, "status")
    assert done.returncode == 2
    for field in ("vehicle", "depots.0.name", "depots.0.address", "depots.0.host_keys", "colour"):
        assert f"vehicle.json:{field}: " in done.stderr


def test_what_a_depot_has_seen(car, station, clips):
    start = recent()
    car.record(clips[:3], start)
    with car.host() as host:
        host.events.record(CAMERAS[1], Cause.DISK, start * 1000, (start + 60) * 1000, "the disk was full")
    with car.board() as board:
        Visitor(board, NearLink(station, car), "shangtang")._tell()
    config = ("--recording", station.folder / "recording.json")
    done = run(*config, "--json", "seen")
    (one,) = json.loads(done.stdout)
    assert done.returncode == 1  # something was lost on board
    assert (one["vehicle"], one["waiting_ms"], one["oldest_ms"], one["lost_ms"]) == (
        VEHICLE,
        6000,
        start * 1000,
        60_000,
    )
    assert one["waiting_bytes"] == sum(clip.stat().st_size for clip in clips[:3])
    assert "1分" in run(*config, "seen").stdout
    assert run("--recording", car.folder / "recording.json", "seen").returncode == 2


def test_a_depot_that_lies_is_left_alone(car, station, clips, monkeypatch):
    class Lying(NearLink):
        def ask(self, question):
            answer = super().ask(question)
            for one in answer.get("files", []):
                one |= {"state": "have", "proof": "0" * 64}
            return answer

    car.record(clips[:1], recent())
    car.write([{"name": "shangtang", "address": "127.0.0.1", "host_keys": ["ssh-ed25519 AAAA"]}])
    monkeypatch.setattr("nanxi.vehicle.agent.in_reach", lambda *_: True)
    links = []

    def link(*_):
        links.append(Lying(station, car))
        return links[-1]

    agent = Agent(car.config, link)
    assert agent.round() is False
    assert agent.round() is False
    assert len(links) == 1
    said = json.loads(run("--config", car.folder / "vehicle.json", "--json", "status").stdout)
    assert "cannot prove it" in said["depots"]["shangtang"]["problem"]


@pytest.mark.lab
def test_upload_over_the_line(yard, clips):
    yard.car.record(clips[:1], recent())
    yard.link()
    board = ("--config", yard.car.folder / "vehicle.json")
    done = run(*board, "upload", within=yard.board.enter)
    assert (done.returncode, done.stdout.strip()) == (0, "没有待上传的录像"), done.stderr
    assert len(yard.station.has()) == 1
    assert json.loads(run(*board, "--json", "status").stdout)["depots"]["shangtang"]["problem"] == ""
