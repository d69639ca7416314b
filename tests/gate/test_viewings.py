"""Which log a viewing stands in: an exporter's looks must not bury those that somebody asks for in three years."""

import json

import pytest

from nanxi.gate.viewings import Viewing, Viewings, utc


@pytest.mark.parametrize(
    ("reader", "reason", "seconds", "log"),
    [
        ("exporter", "probe", 3, "probes"),
        ("exporter", "probe", 61, "viewings"),  # that is no call-up
        ("exporter", "", 3, "viewings"),
        ("exporter", "case-110-7", 3, "viewings"),
        ("recorder", "recording", 3600, "viewings"),
        ("upper", "probe", 3, "viewings"),  # who says so is not who is
    ],
)
def test_a_look_of_an_exporter_stands_apart(reader, reason, seconds, log, tmp_path):
    begin = 1_800_000_000.0
    viewing = Viewing(
        reader, "shangtang-cam0001", "main", utc(begin), utc(begin + seconds), 1, reason, "the reader left"
    )
    Viewings(tmp_path / "viewings", tmp_path / "probes", {"exporter"}).note(viewing)
    (file,) = tmp_path.iterdir()
    assert file.name == log
    assert json.loads(file.read_text())["reason"] == reason


def test_without_a_log_of_their_own_they_are_viewings(tmp_path):
    now = utc(1_800_000_000.0)
    Viewings(tmp_path / "viewings").note(Viewing("exporter", "cam", "main", now, now, 1, "probe", "left"))
    assert (tmp_path / "viewings").read_text().count("\n") == 1
