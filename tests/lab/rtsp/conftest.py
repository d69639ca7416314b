"""A camera by hand, an RTSP server in a thread of its own, and clients that are not ours."""

import asyncio
import json
import os
import signal
import subprocess
import threading
from collections import Counter
from dataclasses import dataclass, field

import pytest

from lab.twin.rtsp.camera import StreamSpec
from lab.twin.rtsp.server import RtspServer
from lab.twin.rtsp.traits import RtspTraits

MAIN = StreamSpec("H265", 1280, 720, 25, 1024, 50)
SUB = StreamSpec("H264", 640, 360, 15, 384, 30)
USER, PASSWORD = "recorder", "Right-2008"


@dataclass
class Camera:
    """The smallest thing that is an RtspCamera; locks after five wrong passwords."""

    rtsp: RtspTraits = field(default_factory=RtspTraits)
    accounts: dict = field(default_factory=lambda: {USER: PASSWORD})
    streams: dict = field(default_factory=lambda: {"/main": MAIN, "/sub": SUB, "/cam/play?channel=1&subtype=1": SUB})
    clock: float = 1_200_000_000.0
    counts: Counter = field(default_factory=Counter)
    wrong: int = 0

    def login(self, user, ok):
        self.wrong += not ok
        return ok and self.wrong < 5

    def stream(self, path):
        return self.streams.get(path)

    def now(self):
        return self.clock

    def count(self, operation):
        self.counts[operation] += 1


class Loop:
    """An event loop in a thread, so that clients may be processes and blocking sockets."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def close(self):
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@dataclass
class Site:
    """The running server and its cameras by address."""

    server: RtspServer
    cameras: dict
    loop: Loop

    def add(self, **traits):
        """Put a new camera behind a new address and return it with its address."""
        number = len(self.cameras) + 1
        address = f"127.55.0.{number}"
        camera = self.cameras[address] = Camera(rtsp=RtspTraits(**traits))
        self.loop.run(self.server.start([(address, 0)]))
        camera.address = address
        camera.port = self.server.endpoints[-1][1]
        camera.url = lambda path="/sub", secret=PASSWORD: f"rtsp://{USER}:{secret}@{address}:{camera.port}{path}"
        return camera


@pytest.fixture(scope="session")
def site():
    loop = Loop()
    cameras = {}
    server = RtspServer(cameras.get)
    yield Site(server, cameras, loop)
    loop.run(server.stop())
    loop.close()


def ffmpeg(*arguments, timeout=60):
    """Run ffmpeg or ffprobe with a deadline for the whole process group."""
    process = subprocess.Popen(
        arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
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
    done = ffmpeg("ffprobe", "-v", "error", "-rtsp_transport", transport, *options, "-show_streams", "-of", "json", url)
    return json.loads(done.stdout)["streams"] if done.returncode == 0 else done.stderr
