"""The RTSP side as ffprobe and ffmpeg see it."""

import pytest

from tests.support.rtsp import MAIN, PASSWORD, SUB, ffmpeg, probe

pytestmark = pytest.mark.foreign
NAMES = {"H264": "h264", "H265": "hevc"}


@pytest.fixture(scope="module")
def camera(site):
    return site.add()


@pytest.mark.parametrize("transport", ["tcp", "udp"])
@pytest.mark.parametrize(
    ("path", "spec"),
    [("/main", MAIN), ("/sub", SUB), ("/cam/play?channel=1&subtype=1", SUB)],
    ids=["H265", "H264", "query in the path"],
)
def test_ffprobe_sees_what_the_encoder_is_set_to(camera, path, spec, transport):
    (video,) = probe(camera.url(path), transport)
    assert video["codec_name"] == NAMES[spec.codec]
    assert (video["width"], video["height"]) == (spec.width, spec.height)
    assert video["avg_frame_rate"] == f"{spec.fps}/1"


@pytest.mark.parametrize(
    ("path", "spec", "transport"),
    [("/main", MAIN, "tcp"), ("/sub", SUB, "udp")],
    ids=["H265-tcp", "H264-udp"],
)
def test_ffmpeg_copies_past_the_end_of_the_clip_and_the_file_decodes_without_errors(
    camera, tmp_path, path, spec, transport
):
    seconds = 5  # the clip has four
    copy = tmp_path / "copy.ts"
    source = ("-rtsp_transport", transport, "-i", camera.url(path))
    done = ffmpeg("ffmpeg", "-v", "error", *source, "-t", str(seconds), "-c", "copy", str(copy))
    assert (done.returncode, done.stderr) == (0, "")
    decoded = ffmpeg("ffmpeg", "-v", "error", "-xerror", "-i", str(copy), "-f", "null", "-")
    assert (decoded.returncode, decoded.stderr) == (0, "")
    counting = ("-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0")
    counted = ffmpeg("ffprobe", "-v", "error", *counting, str(copy))
    assert abs(int(counted.stdout.split()[0]) - seconds * spec.fps) <= 2


@pytest.mark.parametrize("algorithms", [("MD5",), ("SHA-256", "MD5")], ids=["MD5", "SHA-256 offered first"])
@pytest.mark.parametrize("qop", [False, True], ids=["RFC 2069", "qop=auth"])
def test_ffprobe_signs_in_with_digest(site, algorithms, qop):
    assert len(probe(site.add(algorithms=algorithms, qop=qop).url())) == 1


def test_ffprobe_signs_in_with_basic(site):
    assert len(probe(site.add(auth=("basic",)).url())) == 1


def test_wrong_password_is_401(site):
    camera = site.add()
    assert "401 Unauthorized" in probe(camera.url(secret="wrong"))
    assert camera.wrong == 1


def test_a_session_too_many_is_453(site, connect):
    camera = site.add(max_sessions=2)
    camera.rtsp = camera.rtsp.model_copy(update={"auth": ()})
    for _ in range(2):
        connect(camera).play()
    assert "453" in probe(camera.url())
    assert site.sessions(camera) == 2


def test_audio_is_g711(site):
    assert [one["codec_name"] for one in probe(site.add(audio=True).url())] == ["h264", "pcm_alaw"]


def test_redirect_to_another_host_is_followed_with_the_password(site):
    # Why the gate exists (D8a): ffmpeg hands the password to whoever the camera names, in clear.
    thief = site.add(auth=("basic",))
    hostile = site.add(redirect=thief.url().replace(f"recorder:{PASSWORD}@", ""))
    assert len(probe(hostile.url())) == 1
    assert hostile.counts["RTSP DESCRIBE"] == 1
    assert thief.counts["RTSP DESCRIBE"] == 2
    assert thief.wrong == 0


def test_what_the_encoder_is_set_to_now_counts(site):
    camera = site.add()
    camera.streams["/sub"] = MAIN
    (video,) = probe(camera.url("/sub"))
    assert (video["codec_name"], video["width"]) == ("hevc", 1280)
