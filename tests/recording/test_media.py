"""What a segment holds: ffprobe, a foreign judge, agrees; holes, jumps and wraps are found."""

from __future__ import annotations

import json
import subprocess
from fractions import Fraction

import pytest

from nanxi.recording import media, transport
from nanxi.recording.transport import CLOCK, WRAP, Picture
from tests.recording.conftest import SECONDS


def judge(path):
    """What ffprobe says of the video: codec, pictures, first timestamp, and length in ms."""
    found = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v", "-show_packets", "-show_streams", "-of", "json", str(path)],
        check=True, capture_output=True, timeout=30,
    )  # fmt: skip
    told = json.loads(found.stdout)
    packets, stream = told["packets"], told["streams"][0]
    first = min(packet["pts"] for packet in packets)
    last = max(packets, key=lambda packet: packet["pts"])
    return stream["codec_name"], len(packets), first, (last["pts"] + last["duration"] - first) * 1000 // CLOCK


@pytest.mark.foreign
@pytest.mark.parametrize("kind", ["clips", "hevc"])
def test_ffprobe_agrees(kind, request):
    for clip in request.getfixturevalue(kind):
        found = media.probe(clip, SECONDS * 1000)
        assert (found.codec, found.frames, found.first_pts, found.span_ms) == judge(clip)
        assert (found.holes, found.jumps) == ((), 0)


def test_a_segment_goes_on_where_the_one_before_ended(clips):
    found = [media.probe(clip, SECONDS * 1000) for clip in clips]
    assert [one.end_pts for one in found[:-1]] == [one.first_pts for one in found[1:]]


def test_cut_off_in_the_middle_of_a_packet(clips, tmp_path):
    whole = clips[0].read_bytes()
    torn = tmp_path / "torn.ts"
    torn.write_bytes(whole[: len(whole) // 2 + 77])
    found = media.probe(torn, SECONDS * 1000)
    assert 10 < found.frames < 50
    assert found.span_ms == found.frames * 40


@pytest.mark.foreign
def test_torn_in_the_packet_that_begins_a_picture(clips, tmp_path):
    """A full disk does that: the picture's time stands there, but no player has the picture."""
    begins = list(transport.pictures(clips[0]))[30].at
    torn = tmp_path / "torn.ts"
    torn.write_bytes(clips[0].read_bytes()[: begins + 116])
    found = media.probe(torn, SECONDS * 1000)
    assert (found.codec, found.frames, found.first_pts, found.span_ms) == judge(torn)
    assert found.frames == 30


def test_zeros_in_the_middle_are_a_hole_in_count_only(clips, tmp_path):
    """Unsynced pages read as zeros after a power cut: what is around them is found all the same."""
    whole = bytearray(clips[0].read_bytes())
    whole[40_000:44_096] = bytes(4096)
    spoiled = tmp_path / "spoiled.ts"
    spoiled.write_bytes(whole)
    found = media.probe(spoiled, SECONDS * 1000)
    assert found.span_ms == SECONDS * 1000
    assert found.frames < 50


@pytest.mark.parametrize("content", [b"", b"G" * 1000, bytes(188 * 40), b"not a transport stream"])
def test_no_pictures(tmp_path, content):
    (tmp_path / "x.ts").write_bytes(content)
    assert media.probe(tmp_path / "x.ts", 60_000) is None
    assert transport.codec(tmp_path / "x.ts") == ""


def measured(times_s, wall_s):
    ticks = [round(Fraction(str(time)) * CLOCK) % WRAP for time in times_s]
    return media.measure([Picture(tick, tick) for tick in ticks], "h264", round(wall_s * 1000))


def run(begin, count, rate=25):
    return [begin + Fraction(at, rate) for at in range(count)]


def test_timestamps_wrap_after_26_hours():
    begin = WRAP / CLOCK - 1
    found = measured(run(Fraction(begin), 50), 2)
    assert (found.span_ms, found.holes, found.jumps) == (2000, (), 0)
    assert found.end_pts == CLOCK


def test_a_hole_is_known_by_its_timestamps():
    found = measured([*run(0, 50), *run(12, 25)], 13)
    assert (found.span_ms, found.holes, found.jumps) == (13_000, ((2000, 10_000),), 1)
    assert found.media_ms == 3000


def test_a_camera_that_starts_anew_leaves_a_hole_by_the_wall_clock():
    """A reboot (R3): timestamps go back to 0 after 20 s without a picture."""
    found = measured([*run(500, 50), *run(0, 25)], 23)
    assert (found.span_ms, found.holes, found.jumps) == (23_000, ((2000, 20_000),), 1)
    assert found.end_pts == CLOCK


def test_a_reset_and_then_a_hole_keep_their_places():
    found = measured([*run(500, 50), *run(0, 25), *run(6, 25)], 17)
    assert found.holes == ((2000, 8000), (11_000, 5000))
    assert (found.span_ms, found.media_ms) == (17_000, 4000)


def test_a_picture_every_three_seconds_is_no_hole():
    """Static low-rate sources look dead to fixed limits (R11)."""
    found = measured([Fraction(3 * at) for at in range(20)], 60)
    assert (found.jumps, found.span_ms // 1000) == (0, 60)
