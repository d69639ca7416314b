"""For the tests of RTSP: a camera made by hand, a client that shows every byte, ffmpeg and ffprobe."""

import asyncio
import json
import os
import signal
import socket
import struct
import subprocess
from collections import Counter
from dataclasses import dataclass, field

from lab.twin.rtsp.camera import StreamSpec
from lab.twin.rtsp.server import RtspServer
from lab.twin.rtsp.traits import RtspTraits
from tests.support.background import Background

MAIN = StreamSpec("H265", 1280, 720, 25, 1024, 50)
SUB = StreamSpec("H264", 640, 360, 15, 384, 30)
USER, PASSWORD = "recorder", "Right-2008"


@dataclass
class Camera:
    """The smallest thing that is an RtspCamera; locks after five wrong passwords."""

    rtsp: RtspTraits = field(default_factory=RtspTraits)
    accounts: dict = field(default_factory=lambda: {USER: PASSWORD})
    streams: dict = field(
        default_factory=lambda: {"/main": MAIN, "/sub": SUB, "/cam/play?channel=1&subtype=1": SUB}
    )
    clock: float = 1_200_000_000.0
    counts: Counter = field(default_factory=Counter)
    wrong: int = 0
    address: str = ""
    port: int = 0

    def url(self, path="/sub", secret=PASSWORD):
        return f"rtsp://{USER}:{secret}@{self.address}:{self.port}{path}"

    def login(self, user, ok):
        self.wrong += not ok
        return ok and self.wrong < 5

    def stream(self, path):
        return self.streams.get(path)

    def now(self):
        return self.clock

    def count(self, operation):
        self.counts[operation] += 1


@dataclass
class Site:
    """The running server and its cameras by address."""

    server: RtspServer
    cameras: dict
    background: Background

    def add(self, **traits):
        """Put a new camera behind a new address and return it with its address."""
        number = len(self.cameras) + 1
        address = f"127.55.0.{number}"
        camera = self.cameras[address] = Camera(rtsp=RtspTraits(**traits))
        self.background.run(self.server.start([(address, 0)]))
        camera.address, camera.port = address, self.server.endpoints[-1][1]
        return camera

    def sessions(self, camera):
        """Return how many sessions a camera holds, once the server has done what it was about to do."""

        async def ask():
            await asyncio.sleep(0.05)
            return self.server.sessions(camera.address)

        return self.background.run(ask())


@dataclass
class Packet:
    """One interleaved RTP packet."""

    channel: int
    marker: bool
    sequence: int
    timestamp: int
    ssrc: int


class RawClient:
    """An RTSP client that shows every byte: for what ffmpeg hides."""

    def __init__(self, address, port):
        self.base = f"rtsp://{address}:{port}"
        self._socket = socket.create_connection((address, port), timeout=20)
        self._stream = self._socket.makefile("rb")
        self._cseq = 0
        self.media = []  # packets that came while a response was waited for

    def ask(self, method, path="/sub", version="RTSP/1.0", body="", **headers):
        """Send a request and return status, headers and body of its response."""
        self._cseq += 1
        headers = {"CSeq": self._cseq, **{name.replace("_", "-"): value for name, value in headers.items()}}
        if body:
            headers["Content-Length"] = len(body)
        lines = [
            f"{method} {self.base}{path} {version}",
            *(f"{n}: {v}" for n, v in headers.items() if v is not None),
        ]
        self.send("\r\n".join([*lines, "", body]).encode())
        return self.response()

    def send(self, data):
        self._socket.sendall(data)

    def response(self):
        while (packet := self._message()) and isinstance(packet, Packet | bytes):
            self.media.append(packet)
        return packet

    def packets(self, count):
        """Return the next RTP packets; fewer when the connection ends."""
        found = []
        while len(found) < count and (packet := self._message()) is not None:
            if isinstance(packet, Packet):
                found.append(packet)
        return found

    def setup(self, path="/sub", track="/trackID=1", **headers):
        headers = {"Transport": "RTP/AVP/TCP;unicast;interleaved=0-1", **headers}
        status, answer, _ = self.ask("SETUP", f"{path}{track}", **headers)
        return status, answer.get("session", "").partition(";")[0]

    def play(self, path="/sub"):
        """Set up and play a stream, and return the session's name."""
        status, session = self.setup(path)
        assert status == 200
        assert self.ask("PLAY", path, Session=session)[0] == 200
        return session

    def silent_for(self, seconds):
        """Return whether nothing comes for so long; False at the end of the connection too."""
        self._socket.settimeout(seconds)
        try:
            self._message()
        except TimeoutError:
            # A buffered reader is no longer usable after a timeout.
            self._stream = self._socket.makefile("rb")
            return True
        finally:
            self._socket.settimeout(20)
        return False

    def close(self):
        self._stream.close()
        self._socket.close()

    def _message(self):
        try:
            first = self._stream.read(1)
            if first == b"$":
                channel, *size = self._stream.read(3)
                data = self._stream.read(int.from_bytes(bytes(size), "big"))
                if channel % 2:
                    return data  # RTCP
                return Packet(channel, bool(data[1] & 0x80), *struct.unpack("!HII", data[2:12]))
            if not first:
                return None
            line = (first + self._stream.readline()).decode()
            headers = {}
            while text := self._stream.readline().decode().strip():
                name, _, value = text.partition(":")
                headers.setdefault(name.lower(), value.strip())
            return int(line.split()[1]), headers, self._stream.read(int(headers.get("content-length", 0)))
        except ConnectionResetError:
            return None


def ffmpeg(*arguments, timeout=60):
    """Run ffmpeg or ffprobe with a deadline for the whole process group."""
    process = subprocess.Popen(
        arguments,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=timeout)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


def probe(url, transport="tcp", *options):
    """Return what ffprobe says of a stream; its error text when it says nothing."""
    done = ffmpeg(
        "ffprobe", "-v", "error", "-rtsp_transport", transport, *options, "-show_streams", "-of", "json", url
    )
    return json.loads(done.stdout)["streams"] if done.returncode == 0 else done.stderr
