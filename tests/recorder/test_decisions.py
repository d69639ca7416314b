"""What a recorder does, decided without one."""

import errno
import json

import pytest

from nanxi.findings import InputError
from nanxi.recorder.books import Books
from nanxi.recorder.command import Run, Source, command, version_of
from nanxi.recorder.config import CameraPlan, RecorderConfig, load
from nanxi.recorder.growing import GrowingFiles
from nanxi.recorder.watchdog import Sight, hangs
from nanxi.recording.events import Cause
from nanxi.recording.names import SegmentName
from nanxi.recording.volumes import create

CAMERA = "shangtang-cam0001"


def made(tmp_path, *, audio="", version=(5, 1), synchronised=True, **plan):
    one = CameraPlan(tmp_path, **plan)
    config = RecorderConfig({CAMERA: one})
    return command(config, CAMERA, one, Source("H265", audio), Run("00c0ffee", synchronised, version))


def option(arguments, name):
    return arguments[arguments.index(f"-{name}") + 1]


def test_the_command_copies_from_the_gate_on_the_wall_clock(tmp_path):
    arguments = made(tmp_path)
    assert option(arguments, "i") == f"rtsp://127.0.0.1:8554/{CAMERA}/main?reason=recording"
    assert option(arguments, "rtsp_transport") == "tcp"
    assert option(arguments, "c:v") == "copy"
    assert option(arguments, "segment_atclocktime") == "1"
    assert option(arguments, "segment_format_options") == "flush_packets=1"
    (output,) = (one for one in arguments if one.startswith(str(tmp_path)))
    assert output.endswith(f"/{CAMERA}/%Y-%m-%d/{CAMERA}_%Y%m%dT%H%M%SZ_00c0ffee.ts")
    assert "-nostdin" in arguments


@pytest.mark.parametrize(
    ("banner", "version", "name"),
    [
        ("ffmpeg version 4.4.2-0ubuntu0.22.04.1 Copyright", (4, 4), "stimeout"),
        ("ffmpeg version 5.1.9-0+deb12u1 Copyright", (5, 1), "timeout"),
        ("ffmpeg version n7.1 Copyright", (7, 1), "timeout"),
        ("ffmpeg version git-2024-06-01 Copyright", (99, 0), "timeout"),
    ],
)
def test_the_timeout_has_the_name_of_the_version_and_half_the_time(tmp_path, banner, version, name):
    if "git" not in banner:
        assert version_of(banner) == version
    assert option(made(tmp_path, version=version, detect_s=12), name) == "6000000"


@pytest.mark.parametrize(
    ("audio", "policy", "coding"),
    [("", "aac", None), ("PCMA", "aac", "aac"), ("PCMU", "none", None), ("MPEG4-GENERIC", "aac", "copy")],
)
def test_sound_that_the_container_cannot_hold_is_encoded_or_left_out(tmp_path, audio, policy, coding):
    one = CameraPlan(tmp_path, audio=policy)
    arguments = command(
        RecorderConfig({CAMERA: one}), CAMERA, one, Source("H264", audio), Run("00c0ffee", True, (5, 1))
    )
    assert (option(arguments, "c:a") if "-c:a" in arguments else None) == coding
    assert ("0:a" in arguments) is (coding is not None)


@pytest.mark.parametrize(
    ("sight", "ended"),
    [
        (Sight(500, 130, None), True),
        (Sight(500, 110, None), False),
        (Sight(None, 500, None), False),  # no pictures: not the recorder's fault
        (Sight(60, 500, None), False),  # they came back a minute ago
        (Sight(500, 130, 60), False),  # ended a minute ago: it has its whole time again
        (Sight(500, 130, 200), True),
        (Sight(500, None, None), True),  # no file at all
    ],
)
def test_what_hangs(tmp_path, sight, ended):
    assert bool(hangs({CAMERA: CameraPlan(tmp_path, watchdog_s=120)}, {CAMERA: sight})) is ended


def test_every_mistake_of_a_configuration_at_once(tmp_path):
    file = tmp_path / "recorder.json"
    file.write_text(
        json.dumps(
            {
                "colour": 1,
                "segment_s": 0,
                "gate_port": "x",
                "cameras": {
                    "x": {},
                    CAMERA: {"volume": "relative", "audio": "mp3", "watchdog_s": 1},
                    "oubei-cam0001": {"detect_s": True},
                },
            }
        )
    )
    with pytest.raises(InputError) as caught:
        load(file)
    assert len(caught.value.findings) == 9


def test_a_segment_that_could_not_be_synced_is_lost_and_said_so(tmp_path):
    recording = {"index": str(tmp_path / "i.db"), "volumes": [str(tmp_path)], "cameras": {}}
    (tmp_path / "recording.json").write_text(json.dumps(recording))
    volume = create(tmp_path, "disk1")
    config = RecorderConfig(
        {CAMERA: CameraPlan(tmp_path)}, recording=tmp_path / "recording.json", run=tmp_path
    )
    name = SegmentName(CAMERA, 1_700_000_000, "00c0ffee")
    path = name.path(tmp_path)
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(188))

    def broken(_):
        raise OSError(errno.EIO, "Input/output error")

    growing = GrowingFiles(sync=broken)
    growing.begin(name, path)
    lost = growing.sync()
    assert list(lost) == [name]
    growing.close()
    books = Books.open(config)
    books.close_segments({name: volume.path}, lost)
    assert [event.cause for event in books.events.between(CAMERA, 0, 1 << 62)] == [Cause.DISK]
    assert list(books.index.between(CAMERA, 0, 1 << 62)) == []
    assert [one for one, _, _ in books.index.garbage()] == [name]
    books.close()


def test_only_what_grew_is_synced(tmp_path):
    synced = []
    growing = GrowingFiles(sync=synced.append, clock=lambda: 100.0)
    name = SegmentName(CAMERA, 1_700_000_000, "00c0ffee")
    (tmp_path / "a").write_bytes(b"x")
    growing.begin(name, tmp_path / "a")
    growing.sync()
    growing.sync()
    assert len(synced) == 1
    later = SegmentName(CAMERA, 1_700_000_060, "00c0ffee")
    assert growing.begin(later, tmp_path / "a") == name
    assert growing.silent_s(CAMERA) == 0
    growing.close()


def test_a_recorder_that_just_closed_its_file_did_not_hang_since_the_gate_began(tmp_path):
    """A camera without power: ffmpeg ended a moment before the gate said so, and the ledger called it a stall of minutes."""
    now = 100.0
    growing = GrowingFiles(sync=lambda _: None, clock=lambda: now)
    name = SegmentName(CAMERA, 1_700_000_000, "00c0ffee")
    (tmp_path / "a").write_bytes(b"x")
    assert growing.silent_s(CAMERA) is None
    growing.begin(name, tmp_path / "a")
    growing.end(name)
    now += 3.0
    assert growing.silent_s(CAMERA) == 3.0
    plans = {CAMERA: CameraPlan(tmp_path, watchdog_s=20)}
    assert hangs(plans, {CAMERA: Sight(182.0, growing.silent_s(CAMERA), None)}) == {}
    growing.close()
