"""What a mean RTSP server can do really comes over the wire: the gate is tried against these."""

import re
import socket
import time
from pathlib import Path

import pytest
import yaml

from lab.twin.hostile import RTSP_BEHAVIOURS
from lab.twin.rtsp.server import RtspServer
from tests.hostile.cases import FOLDER
from tests.support.rtsp import Site

CASES = sorted((FOLDER / "rtsp").glob("*.yml"))

_REQUESTS = {
    "DESCRIBE": ("/sub", ""),
    "SETUP": ("/sub/trackID=1", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"),
    "PLAY": ("/sub", "Session: {session}\r\n"),
}
_LISTEN_S = 10  # safety bound: most of what is looked for is there at once
_BEGINNING = 1 << 16
_PAUSE_S = 0.5  # nothing more is expected after it


@pytest.fixture(scope="module")
def site(background):
    """A running RTSP server to which cameras can be added."""
    cameras = {}
    server = RtspServer(cameras.get)
    yield Site(server, cameras, background)
    background.run(server.stop())


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_comes_over_the_wire(site: Site, file: Path) -> None:
    case = yaml.safe_load(file.read_text("utf-8"))
    camera = site.add(**{"auth": [], **case["traits"]})
    wanted = re.compile(case["sees"].encode("latin-1"))
    with socket.create_connection((camera.address, camera.port), timeout=_LISTEN_S) as client:
        _ask_until(client, camera, case["method"])
        found = _listen(client, wanted, case.get("more_than", 0))
    assert wanted.search(found, 0, _BEGINNING), found[:300]
    assert len(found) > case.get("more_than", -1)


def test_every_behaviour_is_shown() -> None:
    shown = {
        fault["behaviour"]
        for file in CASES
        for fault in yaml.safe_load(file.read_text("utf-8"))["traits"].get("misbehaves", ())
    }
    assert shown == set(RTSP_BEHAVIOURS)


def _ask_until(client: socket.socket, camera, last: str) -> None:
    """Send the requests up to ``last`` and read all responses but its own."""
    session = ""
    for number, (method, (path, headers)) in enumerate(_REQUESTS.items(), 1):
        head = f"{method} rtsp://{camera.address}:{camera.port}{path} RTSP/1.0\r\nCSeq: {number}\r\n"
        client.sendall((head + headers.format(session=session) + "\r\n").encode())
        if method == last:
            return
        response = _response(client)
        assert response.startswith("RTSP/1.0 200"), response
        session = "".join(re.findall(r"Session: (\w+)", response))


def _response(client: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        data += client.recv(1)
    size = re.search(rb"Content-Length: (\d+)", data)
    if size:
        data += client.recv(int(size[1]), socket.MSG_WAITALL)
    return data.decode()


def _listen(client: socket.socket, wanted: re.Pattern[bytes], more_than: int) -> bytes:
    """Read until what is wanted came and enough of it, the camera hangs up, or it pauses."""
    found, until = bytearray(), time.monotonic() + _LISTEN_S
    client.settimeout(_PAUSE_S)
    while time.monotonic() < until and not (len(found) > more_than and wanted.search(found, 0, _BEGINNING)):
        try:
            piece = client.recv(1 << 18)
        except (TimeoutError, ConnectionResetError):
            break
        if not piece:
            break
        found += piece
    return bytes(found)
