"""One session per camera, handed to many readers."""

import pytest

from tests.gate.conftest import camera_rule
from tests.support.rtsp import SUB, ffmpeg, probe


def test_one_session_feeds_many_readers(site, gate):
    camera = site.add()
    running = gate(camera_rule(camera, "shangtang-cam0001"))
    for _ in range(3):
        client = running.client()
        assert client.ask("DESCRIBE", "/shangtang-cam0001/main")[0] == 200
        client.play_gate = client.setup("/shangtang-cam0001/main", "/track0")
        status, session = client.play_gate
        assert status == 200
        assert client.ask("PLAY", "/shangtang-cam0001/main", Session=session)[0] == 200
        assert len(client.packets(40)) == 40
    assert site.sessions(camera) == 1
    assert camera.counts["RTSP PLAY"] == 1


@pytest.mark.foreign
def test_ffprobe_plays_it(site, gate):
    running = gate(camera_rule(site.add(), "shangtang-cam0001"))
    (video,) = probe(running.url("shangtang-cam0001/main"))
    assert (video["codec_name"], video["width"], video["height"]) == ("h264", SUB.width, SUB.height)


@pytest.mark.foreign
def test_ffmpeg_copies_it_and_the_file_decodes_without_errors(site, gate, tmp_path):
    running = gate(camera_rule(site.add(audio=True), "shangtang-cam0001"))
    copy = tmp_path / "copy.ts"
    source = ("-rtsp_transport", "tcp", "-i", running.url("shangtang-cam0001/main"))
    done = ffmpeg("ffmpeg", "-v", "error", *source, "-t", "3", "-map", "0:v", "-c", "copy", str(copy))
    assert (done.returncode, done.stderr) == (0, "")
    decoded = ffmpeg("ffmpeg", "-v", "error", "-xerror", "-i", str(copy), "-f", "null", "-")
    assert (decoded.returncode, decoded.stderr) == (0, "")
