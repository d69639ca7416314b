"""scripts/footage as people type it."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from nanxi.recording import believed
from nanxi.recording.due import note
from tests.recording.conftest import CAMERA, T0

ROOT = Path(__file__).parents[3]
WHO = ("--who", "李伟", "--organisation", "瓯北派出所", "--reason", "2026-17号案")
#: T0 in Chinese time
BEGIN, END = "2026-03-02 18:00", "2026-03-02 18:00:12"


@pytest.fixture
def footage(site, tmp_path):
    config = tmp_path / "recording.json"
    camera = {"name": "商塘桥头", "point_class": "1", "days": 30}
    config.write_text(
        json.dumps(
            {
                "index": str(tmp_path / "index.db"),
                "log": str(tmp_path / "log.jsonl"),
                "volumes": [str(site.volume.path), str(tmp_path / "not-mounted")],
                "trust_clock": True,  # whoever runs this test may run it where nobody keeps the clock
                "cameras": {CAMERA: camera},
            }
        )
    )

    def run(*arguments, script="footage"):
        environment = {**os.environ, "NANXI_RECORDING": str(config)}
        return subprocess.run(
            [str(ROOT / "scripts" / script), *map(str, arguments)],
            capture_output=True, text=True, timeout=60, env=environment, check=False,
        )  # fmt: skip

    return run


def test_from_listing_to_verifying(footage, site, clips, tmp_path):
    site.record(clips[:3])
    listed = footage("list", CAMERA, BEGIN, END)
    assert listed.stdout.splitlines()[1].split("\t")[:4] == [
        "2026-03-02 18:00:00",
        "2026-03-02 18:00:06",
        "6秒",
        "3",
    ]
    missing = footage("gaps", CAMERA, BEGIN, END)
    assert missing.returncode == 1
    assert missing.stdout.splitlines()[1:] == ["2026-03-02 18:00:06\t2026-03-02 18:00:12\t6秒\t原因不明\t"]
    exported = footage("export", CAMERA, BEGIN, END, "--out", tmp_path / "out", *WHO)
    assert (exported.returncode, exported.stderr) == (0, "")
    assert footage("verify", tmp_path / "out").stdout == f"{tmp_path / 'out'}: 与移交时一致\n"
    with (tmp_path / "out/contact-sheet.jpg").open("ab") as stream:
        stream.write(b"x")
    spoiled = footage("verify", tmp_path / "out")
    assert (spoiled.returncode, "contact-sheet.jpg: was changed" in spoiled.stderr) == (1, True)
    told = json.loads(footage("--json", "log", "--check").stdout)
    assert ([one["kind"] for one in told["entries"]], told["broken"]) == (["request", "handed-out"], [])


def test_hold_and_release(footage, site, clips):
    site.record(clips[:1])
    placed = footage("hold", CAMERA, BEGIN, END, *WHO)
    (line,) = placed.stdout.splitlines()[1:]
    number = line.split("\t")[0]
    assert footage("release", number, *WHO).returncode == 0
    assert footage("release", number, *WHO).returncode == 2
    assert "李伟" in footage("holds").stdout.splitlines()[1].split("\t")[6]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("list", "cam7", BEGIN, END), "one looks like shangtang-cam0007"),
        (("list", "oubei-cam0001", BEGIN, END), "is not recorded on this host"),
        (("gaps", CAMERA, END, BEGIN), "before it begins"),
        (("gaps", CAMERA, "gestern", END), "write 2026-03-02 18:00"),
        (("export", CAMERA, BEGIN, END, "--out", "/nowhere/out"), "--who"),
        (("verify", "/nowhere"), "is no export's manifest"),
    ],
)
def test_bad_input_is_named(footage, arguments, said):
    done = footage(*arguments)
    assert (done.returncode, said in done.stderr) == (2, True), done.stderr


def test_english_and_utc(footage, site, clips, monkeypatch):
    monkeypatch.setenv("NANXI_LANG", "en")
    site.record(clips[:3])
    listed = footage("list", CAMERA, "2026-03-02T10:00:00Z", "2026-03-02T10:00:12Z")
    assert listed.stdout.splitlines()[0].startswith("from\tuntil\tlength")
    assert (
        json.loads(footage("--json", "list", CAMERA, BEGIN, END).stdout)[0]["from"]
        == "2026-03-02T10:00:00.000Z"
    )
    assert T0 == 1_772_445_600


def test_no_index_yet(footage, tmp_path):
    (tmp_path / "index.db").unlink()
    assert "`scripts/recordings rebuild` makes it" in footage("list", CAMERA, BEGIN, END).stderr


def test_a_lost_index_is_made_again(footage, site, clips, tmp_path):
    site.record(clips)
    before = footage("list", CAMERA, BEGIN, END).stdout
    for path in tmp_path.glob("index.db*"):
        path.unlink()
    rebuilt = footage("--json", "rebuild", script="recordings")
    assert json.loads(rebuilt.stdout)["adopted"] == len(clips)
    assert (rebuilt.returncode, "not-mounted is no mounted volume" in rebuilt.stderr) == (1, True)
    assert footage("list", CAMERA, BEGIN, END).stdout == before
    # Since when the camera is due is lost; its first footage says it.
    (told,) = json.loads(footage("--json", "completeness", "--day", "2026-03-02", script="recordings").stdout)
    assert told["due_ms"] == 6 * 3_600_000
    assert json.loads(footage("--json", "check", script="recordings").stdout) == []


def test_completeness_and_standing(footage, site, clips):
    site.record(clips)
    (told,) = json.loads(footage("--json", "completeness", "--day", "2026-03-02", script="recordings").stdout)
    assert (told["camera"], told["recorded_ms"], told["due_ms"]) == (CAMERA, 12_000, 86_400_000)
    assert footage("standing", script="recordings").stdout.splitlines()[1].split("\t")[1] == "逾期未删"
    assert json.loads(footage("--json", "keep", script="recordings").stdout)["expired"] == {
        CAMERA: len(clips)
    }
    assert footage("standing", script="recordings").stdout.splitlines()[1].split("\t")[1] == "无录像"


def test_nothing_is_missing_before_the_host_was_told(footage, site, clips, tmp_path):
    """Set up at 17:59, recording from 18:00 on: the minute before 17:59 was not due, the one after it is missing."""
    note(site.index, [CAMERA], (T0 - 60) * 1000)
    site.record(clips)
    missing = footage("gaps", CAMERA, "2026-03-02 17:58", END).stdout.splitlines()
    assert [line.split("\t")[2:4] for line in missing[1:]] == [["1分", "尚未开始录像"], ["1分", "原因不明"]]
    wanted = ("export", CAMERA, "2026-03-02 17:58", END, "--out", tmp_path / "out", "--no-sheet", *WHO)
    handed = json.loads(footage("--json", *wanted).stdout)
    assert [gap["cause"] for gap in handed["gaps"]] == ["not-due", "unknown"]
    (told,) = json.loads(footage("--json", "completeness", "--day", "2026-03-01", script="recordings").stdout)
    assert (told["due_ms"], told["ratio"]) == (0, None)
    assert (
        footage("completeness", "--day", "2026-03-01", script="recordings").returncode == 1
    )  # a disk is gone
    (told,) = json.loads(footage("--json", "completeness", "--day", "2026-03-02", script="recordings").stdout)
    assert told["due_ms"] == (6 * 3600 + 60) * 1000


def test_a_clock_that_is_not_believed_is_told_until_a_person_believes_it(footage, site, clips):
    site.record(clips)
    seen = believed.look(trust=True)
    believed.keep(site.state / believed.FILE, replace(seen, wall_ms=seen.wall_ms - 30 * 86_400_000))
    report = json.loads(footage("--json", "keep", script="recordings").stdout)
    assert "30 days ahead" in report["clock"]
    doubted = footage("--json", "clock", script="recordings")
    assert (doubted.returncode, "30 days ahead" in json.loads(doubted.stdout)["doubt"]) == (1, True)
    assert (
        json.loads(footage("--json", "clock", "--believe", "李伟", script="recordings").stdout)["doubt"] == ""
    )
    assert json.loads(footage("--json", "keep", script="recordings").stdout)["clock"] == ""
    (said,) = (event.detail for event in site.events.between(None, 0, 1 << 62))
    assert said.startswith("李伟 believes the clock")
