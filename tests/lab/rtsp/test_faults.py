"""Every fault that a trait stands for, as a client meets it."""

import itertools

import pytest

from tests.support.rtsp import SUB


def frames(packets):
    """Timestamps of the pictures, in order."""
    return list(dict.fromkeys(packet.timestamp for packet in packets))


def test_stall_stops_the_media_while_replies_go_on(site, connect):
    client = connect(site.add(auth=(), stall_after_s=1))
    session = client.play()
    seen = []
    while not client.silent_for(1):
        seen.append(1)
    assert seen
    assert client.ask("GET_PARAMETER", Session=session)[0] == 200
    assert client.ask("PAUSE", Session=session)[0] == 200


def test_stall_from_the_beginning_sends_nothing(site, connect):
    client = connect(site.add(auth=(), stall_after_s=0))
    client.play()
    assert client.silent_for(1)


def test_stall_can_begin_on_a_running_stream(site, connect):
    camera = site.add(auth=())
    client = connect(camera)
    client.play()
    client.packets(30)
    camera.rtsp = camera.rtsp.model_copy(update={"stall_after_s": 0})
    while not client.silent_for(1):
        pass
    camera.rtsp = camera.rtsp.model_copy(update={"stall_after_s": None})
    assert len(client.packets(30)) == 30


def test_disconnect_comes_after_its_time_on_every_connection(site, connect):
    camera = site.add(auth=(), disconnect_every_s=1)
    for _ in range(2):
        client = connect(camera)
        client.play()
        assert len(frames(client.packets(100_000))) == SUB.fps


def test_stale_session_counts_and_its_media_reaches_the_next_connection_before_play(site, connect):
    camera = site.add(auth=(), stale_sessions=True, session_timeout_s=3, max_sessions=2)
    first = connect(camera)
    first.play()
    old = first.packets(1)[0].ssrc
    first.close()
    second = connect(camera)
    status, session = second.setup()
    assert status == 200
    assert second.packets(1)[0].ssrc == old
    assert connect(camera).setup()[0] == 453
    assert second.ask("PLAY", Session=session)[0] == 200
    assert {packet.ssrc for packet in second.packets(60)} > {old}
    while second.ask("GET_PARAMETER", Session=session)[0] == 200 and site.sessions(camera) > 1:
        pass
    assert site.sessions(camera) == 1


def test_clock_of_the_media_jumps_once(site, connect):
    client = connect(site.add(auth=(), jump_after_s=1, jump_by_s=-100))
    client.play()
    stamps = frames(client.packets(100))
    steps = [(b - a + 2**31) % 2**32 - 2**31 for a, b in itertools.pairwise(stamps)]
    usual = 90000 // SUB.fps
    assert [step for step in steps if step != usual] == [usual - 100 * 90000]


def test_half_open_accepts_and_never_answers(site, connect):
    client = connect(site.add(half_open=True))
    client.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
    assert client.silent_for(1)


def test_second_reader_takes_half_of_the_first_ones_key_frames(site, connect):
    camera = site.add(auth=(), second_reader_corrupts=True)

    def gaps(client):
        packets = client.packets(150)  # more than a group of pictures
        return sum((b.sequence - a.sequence) & 0xFFFF != 1 for a, b in itertools.pairwise(packets))

    first = connect(camera)
    first.play()
    assert gaps(first) == 0
    second = connect(camera)
    second.play()
    assert gaps(first) > 0
    assert gaps(second) == 0


@pytest.mark.parametrize("status", [301, 302])
def test_redirect_names_its_target_before_anybody_signs_in(site, connect, status):
    target = "rtsp://192.0.2.7/elsewhere"
    client = connect(site.add(redirect=target, redirect_status=status))
    answered, headers, _ = client.ask("DESCRIBE")
    assert (answered, headers["location"]) == (status, target)


@pytest.mark.parametrize(
    ("method", "status"), [("DESCRIBE", 503), ("SETUP", 403), ("PLAY", 454), ("OPTIONS", 501)]
)
def test_refused_method(site, connect, method, status):
    assert connect(site.add(auth=(), refuse={method: status})).ask(method)[0] == status


def test_busy_status_may_be_503(site, connect):
    assert connect(site.add(auth=(), max_sessions=0, busy_status=503)).setup()[0] == 503


def test_slow_camera_answers_in_order(site, connect):
    client = connect(site.add(auth=(), reply_delay_s=0.2))
    client.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\nOPTIONS * RTSP/1.0\r\nCSeq: 2\r\n\r\n")
    assert [client.response()[1]["cseq"] for _ in range(2)] == ["1", "2"]


def test_server_and_realm_are_the_vendors(site, connect):
    client = connect(site.add(server="Rtsp Server/3.0", realm="IP Camera(C4231)", auth=["digest", "basic"]))
    status, headers, _ = client.ask("DESCRIBE")
    assert status == 401
    assert headers["server"] == "Rtsp Server/3.0"
    assert headers["www-authenticate"].startswith('Digest realm="IP Camera(C4231)", nonce="')
