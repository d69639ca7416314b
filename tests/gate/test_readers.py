"""Readers: who they are, what they get, and what becomes of the slow ones."""

import os
import pwd
import socket
import time

import pytest

from nanxi.gate import stream as streams
from nanxi.gate.who import owner_of
from tests.gate.conftest import camera_rule, private
from tests.gate.test_faults import CAMERA, MAIN, play, playing
from tests.support.lab import need
from tests.support.rtsp import ffmpeg, probe


def test_a_reader_begins_at_once_with_a_key_frame(site, gate):
    camera = site.add()
    running = gate(camera_rule(camera, CAMERA))
    running.until(MAIN, lambda one: one["pictures_total"] > 40)
    client = running.client()
    play(client)
    client._stream.read(4)
    nal = client._stream.read(13)[12] & 0x1F
    assert nal in (7, 24, 5)  # parameter sets, alone or together, or the key frame


def test_a_slow_reader_is_dropped_and_hurts_nobody(site, gate):
    camera = site.add()
    running = gate(camera_rule(camera, CAMERA), group_bytes=1 << 16, backlog_bytes=1 << 16)
    slow = socket.create_connection(("127.0.0.1", running.port))
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    quick = running.client()
    play(quick)
    for number, (method, path, more) in enumerate(
        [
            ("SETUP", f"{MAIN}/track0", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"),
            ("PLAY", MAIN, "Session: {}\r\n"),
        ],
        1,
    ):
        session = "" if number == 1 else reply.split(b"Session: ")[1].split(b";")[0].decode()  # noqa: F821
        request = f"{method} rtsp://127.0.0.1/{path} RTSP/1.0\r\nCSeq: {number}\r\n{more.format(session)}\r\n"
        slow.sendall(request.encode())
        reply = slow.recv(2048)  # noqa: F841 - the next request names its session
    # The kernel's own buffers are megabytes: fill what is behind them directly.
    reader = next(one for one in running.gate.stream(MAIN).readers if one.bytes < 1 << 20 and one is not None)
    filler = b"$\x00\x04\x00" + bytes(1024)
    for _ in range(64):
        running.background.loop.call_soon_threadsafe(reader.send, filler * 256)
    running.until(MAIN, lambda one: one["slow_readers_total"] == 1)
    assert len(quick.packets(50)) == 50
    slow.close()
    assert any(one["ended"] == "too slow" for one in wait_for_viewings(running, 1))


def wait_for_viewings(running, count):
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if (running.folder / "viewings").exists() and len(found := running.viewings()) >= count:
            return found
        time.sleep(0.05)
    raise AssertionError("no viewing was logged")


def test_every_viewing_is_logged_with_who_what_when_and_why(site, gate):
    running = gate(camera_rule(site.add(), CAMERA))
    client = running.client()
    client.ask("DESCRIBE", f"/{MAIN}")
    _, session = client.setup(f"/{MAIN}", "/track0?reason=case%20110-7")
    client.ask("PLAY", f"/{MAIN}?reason=case%20110-7", Session=session)
    client.packets(10)
    assert client.ask("TEARDOWN", f"/{MAIN}", Session=session)[0] == 200
    (viewing,) = wait_for_viewings(running, 1)
    assert (viewing["reader"], viewing["camera"], viewing["stream"]) == ("tester", CAMERA, "main")
    assert viewing["reason"] == "case 110-7"
    assert viewing["begin"] < viewing["end"]
    assert viewing["bytes"] > 0


def test_udp_is_refused(site, gate):
    running = gate(camera_rule(site.add(), CAMERA))
    client = running.client()
    client.ask("DESCRIBE", f"/{MAIN}")
    assert client.setup(f"/{MAIN}", "/track0", Transport="RTP/AVP;unicast;client_port=5000-5001")[0] == 461


def test_the_sub_stream_is_fetched_on_demand_and_let_go(site, gate, monkeypatch):
    monkeypatch.setattr(streams, "LINGER_S", 0.3)
    camera = site.add()
    running = gate(camera_rule(camera, CAMERA))
    running.until(MAIN, playing)
    assert site.sessions(camera) == 1
    client = running.client()
    play(client, f"{CAMERA}/sub")
    assert len(client.packets(10)) == 10
    assert site.sessions(camera) == 2
    client.close()
    running.clients.remove(client)
    running.until(f"{CAMERA}/sub", lambda one: not one["playing"])
    assert site.sessions(camera) == 1


def test_only_the_tracks_that_were_set_up_arrive(site, gate):
    running = gate(camera_rule(site.add(audio=True), CAMERA))
    client = running.client()
    play(client)
    assert {packet.channel for packet in client.packets(60)} == {0}
    both = running.client()
    both.ask("DESCRIBE", f"/{MAIN}")
    _, session = both.setup(f"/{MAIN}", "/track0")
    both.setup(f"/{MAIN}", "/track1", Session=session)
    both.ask("PLAY", f"/{MAIN}", Session=session)
    assert {packet.channel for packet in both.packets(60)} == {0, 2}


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("DESCRIBE", "/nobody-cam0001/main", {}, 404),
        ("DESCRIBE", "/", {}, 404),
        ("DESCRIBE", "/shangtang-cam0001/../../etc/passwd", {}, 404),
        ("PAUSE", f"/{MAIN}", {}, 405),
        ("PLAY", f"/{MAIN}", {"Session": "1"}, 454),
        ("ANNOUNCE", f"/{MAIN}", {}, 405),
    ],
)
def test_what_is_not_served(site, gate, method, path, headers, status):
    running = gate(camera_rule(site.add(), CAMERA))
    assert running.client().ask(method, path, **headers)[0] == status


def test_garbage_ends_the_connection(site, gate):
    running = gate(camera_rule(site.add(), CAMERA))
    client = running.client()
    client.send(b"\x16\x03\x01 hello")
    assert client.response()[0] == 400


@pytest.mark.foreign
@pytest.mark.parametrize("secret", ["Token-right-1", "Token-wrong-1"])
def test_a_reader_without_an_account_proves_itself_with_its_token(site, gate, tmp_path, secret):
    token = private(tmp_path / "token", "Token-right-1\n")
    running = gate(camera_rule(site.add(), CAMERA), readers={"upper": {"token_file": str(token)}})
    found = probe(f"rtsp://upper:{secret}@127.0.0.1:{running.port}/{MAIN}")
    if secret == "Token-right-1":
        assert len(found) == 1
        assert {one["reader"] for one in wait_for_viewings(running, 1)} == {"upper"}
    else:
        assert "401" in found


def test_a_stranger_on_this_host_sees_nothing(site, gate):
    other = next(one.pw_name for one in pwd.getpwall() if one.pw_uid != os.getuid())
    running = gate(camera_rule(site.add(), CAMERA), readers={"recorder": {"user": other}})
    for method in ("DESCRIBE", "SETUP", "PLAY"):
        status, headers, _ = running.client().ask(method, f"/{MAIN}")
        assert status == 401
        assert headers["www-authenticate"].startswith("Digest")


def test_the_owner_of_a_connection_is_the_kernels_word(background):
    with socket.create_server(("127.0.0.1", 0)) as server:
        peer = socket.create_connection(server.getsockname())
        accepted, _ = server.accept()
        with accepted:
            ends = accepted.getpeername(), accepted.getsockname()
            assert owner_of(*ends) == os.getuid()
            peer.close()
            assert owner_of(*ends) is None  # an orphan would count as root's
    assert owner_of(("127.0.0.1", 1), ("127.0.0.1", 2)) is None


@pytest.mark.foreign
def test_gstreamer_plays_it(site, gate):
    need("gst-launch-1.0")
    running = gate(camera_rule(site.add(audio=True), CAMERA))
    pipeline = [
        "rtspsrc",
        f"location={running.url(MAIN)}",
        "protocols=tcp",
        "!",
        "rtph264depay",
        "!",
        "h264parse",
    ]
    done = ffmpeg("gst-launch-1.0", "-q", *pipeline, "!", "fakesink", "num-buffers=25", timeout=30)
    assert done.returncode == 0, done.stderr
