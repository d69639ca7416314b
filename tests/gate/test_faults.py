"""What a camera does to the gate, and what its readers and its counters see of it."""

import itertools

import pytest

from tests.gate.conftest import camera_rule

CAMERA, MAIN = "shangtang-cam0001", "shangtang-cam0001/main"


def alter(site, camera, **traits):
    """Change a camera's behaviour while it runs."""
    camera.rtsp = camera.rtsp.model_copy(update=traits)


def playing(found):
    return found["playing"]


def test_a_stall_is_seen_and_its_readers_are_ended(site, gate):
    camera = site.add()
    running = gate(camera_rule(camera, CAMERA, stall_s=2))
    client = running.client()
    play(client)
    alter(site, camera, stall_after_s=0)
    # Everything that was sent comes, and then the end of the connection instead of silence.
    assert len(client.packets(100_000)) < 100_000
    found = running.until(MAIN, lambda one: one["failures_total"]["stalled"])
    assert "sends no picture for 2 s" in found["reason"]
    alter(site, camera, stall_after_s=None)
    assert running.until(MAIN, playing)["cause"] is None


def test_a_camera_that_was_cut_off_comes_back_within_the_goal(site, gate):
    camera = site.add()
    running = gate(camera_rule(camera, CAMERA))
    running.until(MAIN, playing)
    site.background.loop.call_soon_threadsafe(site.server.drop, camera.address)
    running.until(MAIN, lambda one: one["failures_total"]["ended"])
    assert running.until(MAIN, playing, within_s=15)["sessions_total"] == 2


def test_a_wrong_password_is_tried_once_whoever_asks(site, gate):
    camera = site.add()
    running = gate(camera_rule(camera, CAMERA), passwords={CAMERA: {"user": "recorder", "password": "wrong"}})
    running.until(MAIN, lambda one: one["cause"] == "unauthorised")
    running.gate.stream(MAIN)._again_at += 60  # as after many failures: nobody is kept waiting then
    for _ in range(2):
        status, headers, _ = running.client().ask("DESCRIBE", f"/{MAIN}")
        assert (status, headers["x-cause"]) == (503, "unauthorised")
    assert camera.wrong == 1


def test_the_password_that_is_changed_while_it_plays_is_tried_once(site, gate):
    camera = site.add()
    running = gate(camera_rule(camera, CAMERA))
    running.until(MAIN, playing)
    camera.accounts = {"recorder": "Another-1"}
    site.background.loop.call_soon_threadsafe(site.server.drop, camera.address)
    running.until(MAIN, lambda one: one["cause"] == "unauthorised")
    assert camera.wrong == 1


@pytest.mark.parametrize("status", [453, 503])
def test_a_camera_without_a_session_left_is_busy(site, gate, status):
    camera = site.add(max_sessions=0, busy_status=status)
    running = gate(camera_rule(camera, CAMERA))
    found = running.until(MAIN, lambda one: one["cause"])
    assert (found["cause"], str(status) in found["reason"]) == ("busy", True)


@pytest.mark.parametrize(
    ("status", "cause"), [(404, "refused"), (403, "refused"), (500, "refused"), (503, "busy")]
)
def test_a_refusal_is_named(site, gate, status, cause):
    camera = site.add(refuse={"DESCRIBE": status})
    running = gate(camera_rule(camera, CAMERA))
    found = running.until(MAIN, lambda one: one["cause"])
    assert found["cause"] == cause
    assert str(status) in found["reason"]


def test_pictures_of_a_forgotten_session_reach_no_reader(site, gate):
    camera = site.add(stale_sessions=True, session_timeout_s=6)
    first = gate(camera_rule(camera, CAMERA))
    first.until(MAIN, playing)
    transport = first.gate.stream(MAIN).session.connection._transport
    # Break off without TEARDOWN: the camera keeps the session, and its old sender comes along with the new one (R9).
    first.background.loop.call_soon_threadsafe(transport.abort)
    first.until(MAIN, lambda one: one["failures_total"]["ended"])
    first.until(MAIN, playing)
    client = first.client()
    play(client)
    packets = client.packets(200)
    assert len({packet.ssrc for packet in packets}) == 1
    assert first.status(MAIN)["useless_total"] > 0


def test_readers_begin_anew_when_timestamps_leap(site, gate):
    camera = site.add(jump_after_s=2.0)
    running = gate(camera_rule(camera, CAMERA))
    client = running.client()
    play(client)
    stamps = [packet.timestamp for packet in client.packets(100_000)]  # up to the end of the connection
    steps = [(b - a) % 2**32 for a, b in itertools.pairwise(stamps)]
    assert max(steps) < 90_000 * 10
    again = running.client()
    play(again)
    steps = [(b.timestamp - a.timestamp) % 2**32 for a, b in itertools.pairwise(again.packets(60))]
    assert max(steps) < 90_000 * 10
    found = running.status(MAIN)
    assert (found["jumps_total"], found["sessions_total"], site.sessions(camera)) == (1, 1, 1)


def test_a_camera_that_hangs_up_again_and_again_is_counted_and_not_hammered(site, gate):
    camera = site.add(disconnect_every_s=0.2)
    running = gate(camera_rule(camera, CAMERA))
    found = running.until(MAIN, lambda one: one["sessions_total"] >= 3)
    assert found["failures_total"]["ended"] >= 2
    assert camera.counts["RTSP DESCRIBE"] <= 2 * (found["sessions_total"] + 1)


def play(client, stream=MAIN):
    """Let a reader begin to read."""
    assert client.ask("DESCRIBE", f"/{stream}")[0] == 200
    status, session = client.setup(f"/{stream}", "/track0")
    assert status == 200
    assert client.ask("PLAY", f"/{stream}", Session=session)[0] == 200
    return session
