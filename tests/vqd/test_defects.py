"""Each defect is found in a picture that has it, and only there."""

from __future__ import annotations

import pytest

from nanxi.vqd.measure import HEIGHT, WIDTH, Picture, PictureError, measure, understand
from nanxi.vqd.score import DEFECTS, NORMAL, UNTESTED, is_night, judgement, likeness, lost, scores

ABNORMAL = ("black", "blurred", "dark", "bright", "colour_cast", "snow", "occluded")


async def test_a_good_picture_has_no_defect(picture) -> None:
    good = await picture("good")
    found = scores(good, None, good.small)
    assert set(found) == set(DEFECTS)
    assert not {name: score for name, score in found.items() if score < NORMAL}
    assert found["frozen"] == UNTESTED  # there is nothing to compare with


@pytest.mark.parametrize("defect", ABNORMAL)
async def test_a_defect_is_found_and_no_other(defect, picture) -> None:
    found = scores(await picture(defect), None, None)
    assert found[defect] < NORMAL
    assert {name for name, score in found.items() if score < NORMAL} == {defect}


async def test_a_black_picture_tells_nothing_else(picture) -> None:
    found = scores(await picture("black"), b"", None)
    assert {name for name, score in found.items() if score != UNTESTED} == {"black", "signal_loss"}


async def test_a_camera_in_its_infrared_mode_has_no_colour_cast(picture) -> None:
    night = await picture("night")
    assert is_night(night, judgement())
    found = scores(night, None, None)
    assert found["colour_cast"] == UNTESTED
    assert not {name: score for name, score in found.items() if score < NORMAL}


async def test_the_same_picture_twice_is_frozen_and_noise_is_life(picture) -> None:
    good = await picture("good")
    assert scores(good, good.small, None)["frozen"] == 0
    alive = bytes(min(255, value + (place % 7 == 0)) for place, value in enumerate(good.small))
    assert scores(good, alive, None)["frozen"] == 100


async def test_a_moved_camera_shows_another_scene(picture) -> None:
    good, moved = await picture("good"), await picture("moved")
    assert scores(moved, None, good.small)["scene_change"] < NORMAL
    brighter = bytes(min(255, value // 2 + 60) for value in good.small)
    assert likeness(good.small, brighter) > 0.9  # the light changes, the walls do not


def test_no_picture_is_signal_loss_and_nothing_else() -> None:
    found = lost()
    assert found["signal_loss"] == 0
    assert set(found.values()) == {0, UNTESTED}


@pytest.mark.parametrize("data", [b"", b"GIF89a" + bytes(500), bytes(100_000)])
async def test_what_is_no_picture_is_an_error(data) -> None:
    with pytest.raises(PictureError, match="cannot be decoded"):
        await measure("H264", data)


async def test_ffmpeg_is_ended_when_it_takes_too_long(tmp_path, monkeypatch) -> None:
    slow = tmp_path / "ffmpeg"
    slow.write_text("#!/bin/sh\nsleep 60\n")
    slow.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(PictureError, match=r"did not end within 0\.3 s"):
        await measure("H264", b"x", within_s=0.3)


async def test_nothing_but_the_pipe_is_opened(tmp_path, network_guard) -> None:
    """A list of other files is a format that ffmpeg follows; not this one, and not from here."""
    target = tmp_path / "secret"
    target.write_text("x")
    with pytest.raises(PictureError):
        await measure("H264", f"ffconcat version 1.0\nfile {target}\n".encode())


def test_thresholds_are_sane() -> None:
    for scale in (judgement().day, judgement().night):
        assert all(line.best != line.worst for line in scale.model_dump().values() if hasattr(line, "best"))


def test_numbers_of_the_log_are_read() -> None:
    log = b"[x] lavfi.signalstats.YAVG=100.5\nlavfi.signalstats.YLOW=16\nlavfi.signalstats.YHIGH=200\nlavfi.signalstats.SATAVG=9\n"
    log += b"lavfi.signalstats.UAVG=131\nlavfi.signalstats.VAVG=124\nlavfi.blur=-nan\nlavfi.blackframe.pblack=12\n"
    picture = understand(bytes(2 * WIDTH * HEIGHT), log)
    assert (picture.brightness, picture.contrast, picture.cast, picture.black, picture.blur) == (
        100.5,
        184,
        5,
        0.12,
        None,
    )
    assert isinstance(picture, Picture)
    with pytest.raises(PictureError):
        understand(b"", log)
