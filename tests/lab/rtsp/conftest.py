"""Fixtures of the RTSP tests."""

import pytest

from lab.twin.rtsp.server import RtspServer
from tests.support.rtsp import RawClient, Site


@pytest.fixture(scope="session")
def site(background):
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
