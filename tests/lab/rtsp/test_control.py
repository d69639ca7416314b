"""RTSP control, message by message (RFC 2326)."""

import itertools

import pytest


@pytest.fixture(scope="module")
def camera(site):
    return site.add(auth=())


@pytest.fixture(scope="module")
def with_sound(site):
    return site.add(auth=(), audio=True)


TCP = "RTP/AVP/TCP;unicast;interleaved=0-1"


@pytest.mark.parametrize(
    ("status", "method", "path", "options"),
    [
        pytest.param(200, "OPTIONS", "/sub", {}, id="OPTIONS"),
        pytest.param(200, "DESCRIBE", "/sub", {}, id="DESCRIBE"),
        pytest.param(200, "DESCRIBE", "/sub/", {}, id="closing slash"),
        pytest.param(200, "GET_PARAMETER", "/sub", {}, id="keep-alive without session"),
        pytest.param(400, "OPTIONS", "/sub", {"CSeq": None}, id="no CSeq"),
        pytest.param(404, "DESCRIBE", "/nowhere", {}, id="no such stream"),
        pytest.param(404, "SETUP", "/nowhere/trackID=1", {"Transport": TCP}, id="SETUP of no such stream"),
        pytest.param(404, "SETUP", "/sub/trackID=7", {"Transport": TCP}, id="no such track"),
        pytest.param(451, "GET_PARAMETER", "/sub", {"body": "jitter\r\n"}, id="unknown parameter"),
        pytest.param(454, "PLAY", "/sub", {}, id="PLAY without session"),
        pytest.param(454, "PLAY", "/sub", {"Session": "12345678"}, id="PLAY of no such session"),
        pytest.param(
            454, "SETUP", "/sub", {"Session": "12345678", "Transport": TCP}, id="SETUP in no such session"
        ),
        pytest.param(454, "TEARDOWN", "/sub", {"Session": "12345678"}, id="TEARDOWN of no such session"),
        pytest.param(454, "PAUSE", "/sub", {}, id="PAUSE without session"),
        pytest.param(461, "SETUP", "/sub", {"Transport": "RTP/AVP;multicast"}, id="multicast"),
        pytest.param(461, "SETUP", "/sub", {"Transport": "RAW/RAW/UDP"}, id="not RTP"),
        pytest.param(461, "SETUP", "/sub", {}, id="no transport"),
        pytest.param(501, "RECORD", "/sub", {}, id="method that no camera has"),
        pytest.param(505, "OPTIONS", "/sub", {"version": "RTSP/2.0"}, id="RTSP 2.0"),
        pytest.param(551, "OPTIONS", "/sub", {"Require": "funky-feature"}, id="Require"),
    ],
)
def test_status(camera, connect, status, method, path, options):
    assert connect(camera).ask(method, path, **options)[0] == status


def test_response_repeats_the_sequence_number_and_names_the_methods(camera, connect):
    _, headers, _ = connect(camera).ask("OPTIONS", CSeq=4711)
    assert headers["cseq"] == "4711"
    assert {"DESCRIBE", "SETUP", "PLAY", "PAUSE", "GET_PARAMETER", "TEARDOWN"} <= set(
        headers["public"].split(", ")
    )


def test_garbage_is_400_and_the_end(camera, connect):
    client = connect(camera)
    client.send(b"GET / HTTP/1.1\r\nHost: camera\r\n\r\n")
    assert client.response()[0] == 400
    assert client.response() is None


def test_address_without_a_camera_drops_the_connection(site, connect, camera):
    with_none = type("Nobody", (), {"address": "127.55.9.9", "port": 0})
    site.background.run(site.server.start([(with_none.address, 0)]))
    with_none.port = site.server.endpoints[-1][1]
    client = connect(with_none)
    client.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
    assert client.response() is None


def test_pause_stops_and_play_goes_on_in_the_same_sequence(camera, connect):
    client = connect(camera)
    session = client.play()
    last = client.packets(40)[-1]
    assert client.ask("PAUSE", Session=session)[0] == 200
    last = [packet for packet in client.media if not isinstance(packet, bytes)][-1:] or [last]
    assert client.silent_for(0.5)
    assert client.ask("PAUSE", Session=session)[0] == 455
    _, headers, _ = client.ask("PLAY", Session=session)
    following = client.packets(1)[0]
    assert following.sequence == (last[0].sequence + 1) & 0xFFFF
    assert f"seq={following.sequence};rtptime={following.timestamp}" in headers["rtp-info"]


def test_sequence_and_timestamps_run_on_through_the_end_of_the_clip(camera, connect):
    client = connect(camera)
    client.play("/sub")
    packets = client.packets(300)  # a round of the clip has about 250
    sequences = [packet.sequence for packet in packets]
    assert sequences == [(sequences[0] + n) & 0xFFFF for n in range(len(packets))]
    stamps = list(dict.fromkeys(packet.timestamp for packet in packets))
    assert {(b - a) & 0xFFFFFFFF for a, b in itertools.pairwise(stamps)} == {90000 // 15}
    assert len({packet.ssrc for packet in packets}) == 1
    assert [p.marker for p in packets[:-1]] == [
        a.timestamp != b.timestamp for a, b in itertools.pairwise(packets)
    ]


def test_sender_report_carries_the_cameras_own_clock(camera, connect):
    client = connect(camera)
    client.play()
    report = next(data for data in iter(client._message, None) if isinstance(data, bytes))
    assert report[1] == 200
    assert int.from_bytes(report[8:12], "big") - 2_208_988_800 == int(camera.clock)


def test_play_of_one_track_of_two_is_460(with_sound, connect):
    client = connect(with_sound)
    _, session = client.setup()
    client.setup(track="/trackID=2", Session=session, Transport="RTP/AVP/TCP;unicast;interleaved=2-3")
    assert client.ask("PLAY", "/sub/trackID=1", Session=session)[0] == 460
    assert client.ask("PLAY", "/sub", Session=session)[0] == 200
    assert {packet.channel for packet in client.packets(60)} == {0, 2}


def test_setup_of_the_aggregate_of_two_tracks_is_459(with_sound, connect):
    assert connect(with_sound).setup(track="")[0] == 459


def test_setup_of_another_stream_in_a_session_is_459(camera, connect):
    client = connect(camera)
    _, session = client.setup("/sub")
    assert client.setup("/main", Session=session)[0] == 459


def test_setup_while_playing_is_455(camera, connect):
    client = connect(camera)
    session = client.play()
    assert client.setup(Session=session)[0] == 455


def test_a_session_is_of_one_camera_only(site, camera, connect):
    _, session = connect(camera).setup()
    assert connect(site.add(auth=())).ask("PLAY", Session=session)[0] == 454


def test_closing_the_connection_ends_its_session(site, connect):
    camera = site.add(auth=(), max_sessions=1)
    first = connect(camera)
    first.play()
    assert connect(camera).setup()[0] == 453
    first.close()
    while site.sessions(camera):
        pass
    assert connect(camera).setup()[0] == 200


def test_teardown_frees_the_session(site, connect):
    camera = site.add(auth=(), max_sessions=1)
    client = connect(camera)
    session = client.play()
    assert client.ask("TEARDOWN", Session=session)[0] == 200
    assert client.setup()[0] == 200


def test_a_session_that_nobody_touches_ends(site, connect):
    camera = site.add(auth=(), session_timeout_s=0.5)
    client = connect(camera)
    session = client.play()
    while site.sessions(camera):
        pass
    assert client.ask("GET_PARAMETER", Session=session)[0] == 454


def test_rtcp_keeps_a_session_alive(site, connect):
    camera = site.add(auth=(), session_timeout_s=1)
    client = connect(camera)
    session = client.play()
    for _ in range(12):  # a dozen fifths of a second
        client.packets(3 * 5)
        client.send(b"$\x01\x00\x08" + bytes([0x80, 201, 0, 1, 0, 0, 0, 0]))
    assert client.ask("GET_PARAMETER", Session=session)[0] == 200


def test_transport_that_the_camera_lacks_is_461_and_the_next_offer_is_taken(site, connect):
    client = connect(site.add(auth=(), transports=["tcp"]))
    assert client.setup(Transport="RTP/AVP;unicast;client_port=5000-5001")[0] == 461
    both = "RTP/AVP;unicast;client_port=5000-5001,RTP/AVP/TCP;unicast;interleaved=4-5"
    _, headers, _ = client.ask("SETUP", "/sub/trackID=1", Transport=both)
    assert headers["transport"].startswith("RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=")


def test_drop_cuts_every_connection_of_one_camera(site, connect):
    one, other = site.add(auth=()), site.add(auth=())
    cut, kept = connect(one), connect(other)
    cut.play()
    session = kept.play()
    site.background.loop.call_soon_threadsafe(site.server.drop, one.address)
    assert len(cut.packets(100_000)) < 100_000
    assert kept.ask("GET_PARAMETER", Session=session)[0] == 200
    assert site.sessions(one) == 0
