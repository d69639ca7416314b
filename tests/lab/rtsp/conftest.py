"""Fixtures of the RTSP tests."""

import pytest

from lab.twin.rtsp.server import RtspServer
from tests.support.lab import need
from tests.support.rtsp import RawClient, Site


@pytest.fixture(scope="session")
def ffmpeg_tools():
    """Skip without ffmpeg: it makes the clips, and ffprobe is the referee."""
    need("ffmpeg", "ffprobe")


@pytest.fixture(scope="session")
def site(ffmpeg_tools, background):
    """A running RTSP server to which cameras can be added."""
    cameras = {}
    server = RtspServer(cameras.get)
    yield Site(server, cameras, background)
    background.run(server.stop())


@pytest.fixture
def connect():
    """Return a function that connects a RawClient to a camera; every connection is closed at the end."""
    clients = []

    def to(camera):
        clients.append(RawClient(camera.address, camera.port))
        return clients[-1]

    yield to
    for client in clients:
        client.close()
