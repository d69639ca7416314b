"""Every quirk that is of streams alone, on a whole twin: what its file says is what a client meets."""

from itertools import pairwise

import pytest

from lab.network import ROOT
from lab.twin.fleetfile import FleetConfig, HostEntry
from lab.twin.profile import QUIRKS, read_quirk
from nanxi.estate import load_estate
from tests.support.rtsp import RawClient

# The same sooner, so that nobody waits for it.
SOONER = {
    "R3": {"jump_after_s": 1},
    "R9": {"session_timeout_s": 3},
    "R10": {"disconnect_every_s": 1},
    "stalls-mid-stream": {"stall_after_s": 1},
}
PATH = "/stream2"  # of the generic profile


@pytest.fixture
def dial(request, ffmpeg_tools, twins):
    """Start a twin with the quirk of the test's name; return a function that connects to it."""
    quirk = request.param
    camera = next(
        one for one in load_estate(ROOT / "inventory/lab").devices.values() if one.kind == "cameras"
    )
    overrides = {"rtsp": {"auth": [], **SOONER.get(quirk, {})}}
    entry = HostEntry(profile="generic", quirks=(quirk,), overrides=overrides)
    (device,) = twins([camera], FleetConfig(hosts={camera.host: entry}), rtsp=True).devices.values()
    clients = []

    def connect():
        clients.append(RawClient(str(device.ipv4), device.rtsp_port))
        return clients[-1]

    yield connect
    for client in clients:
        client.close()


def clock_jumps_back_by_an_hour(dial):
    client = dial()
    client.play(PATH)
    steps = [(b.timestamp - a.timestamp + 2**31) % 2**32 - 2**31 for a, b in pairwise(client.packets(200))]
    assert [step // 90_000 for step in steps if step < 0] == [-3600]


def second_track_is_g711(dial):
    assert b"a=rtpmap:8 PCMA/8000" in dial().ask("DESCRIBE", PATH)[2]


def third_session_is_453(dial):
    assert [dial().setup(PATH)[0] for _ in range(3)] == [200, 200, 453]


def old_media_reaches_the_next_connection(dial):
    first = dial()
    first.play(PATH)
    old = first.packets(1)[0].ssrc
    first.close()
    second = dial()
    second.setup(PATH)
    assert second.packets(1)[0].ssrc == old


def connection_is_cut_while_playing(dial):
    client = dial()
    client.play(PATH)
    assert 0 < len(client.packets(100_000)) < 100_000


def nothing_is_ever_answered(dial):
    client = dial()
    client.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
    assert client.silent_for(1)


def media_stops_and_replies_go_on(dial):
    client = dial()
    session = client.play(PATH)
    assert client.packets(10)
    while not client.silent_for(1):
        pass
    assert client.ask("GET_PARAMETER", PATH, Session=session)[0] == 200


SHOWN = {
    "R3": clock_jumps_back_by_an_hour,
    "R7": second_track_is_g711,
    "R8": third_session_is_453,
    "R9": old_media_reaches_the_next_connection,
    "R10": connection_is_cut_while_playing,
    "half-open": nothing_is_ever_answered,
    "stalls-mid-stream": media_stops_and_replies_go_on,
}


@pytest.mark.parametrize(("dial", "shown"), SHOWN.items(), ids=SHOWN, indirect=["dial"])
def test_quirk(dial, shown):
    shown(dial)


def test_every_quirk_of_streams_is_shown():
    assert set(SHOWN) == {
        file.stem for file in QUIRKS.glob("*.yml") if set(read_quirk(file.stem).twin) == {"rtsp"}
    }
