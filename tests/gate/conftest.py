"""Cameras of the twin, and gates in front of them."""

import asyncio
import json
import os
import pwd
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from lab.twin.rtsp.server import RtspServer
from nanxi.gate.config import load
from nanxi.gate.control import ask_status
from nanxi.gate.gate import Gate
from tests.support.background import Background
from tests.support.lab import need
from tests.support.rtsp import PASSWORD, USER, RawClient, Site


@pytest.fixture(scope="session")
def site(background):
    """A running RTSP server to which cameras can be added."""
    need("ffmpeg", "ffprobe")
    cameras = {}
    server = RtspServer(cameras.get)
    yield Site(server, cameras, background)
    background.run(server.stop())


@dataclass
class RunningGate:
    """A gate in the background's loop."""

    gate: Gate
    folder: Path
    port: int
    background: Background
    host: str = "127.0.0.1"
    clients: list = field(default_factory=list)

    def url(self, stream, reason=""):
        return f"rtsp://{self.host}:{self.port}/{stream}" + (f"?reason={reason}" if reason else "")

    def client(self):
        self.clients.append(RawClient(self.host, self.port))
        return self.clients[-1]

    def status(self, stream):
        """Return what the control socket says of one stream."""
        camera, _, name = stream.partition("/")
        streams = ask_status(self.folder / "control")["streams"]
        return next(one for one in streams if (one["camera"], one["stream"]) == (camera, name))

    def until(self, stream, wanted, within_s=20):
        """Wait until ``wanted`` holds of a stream's status and return it."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if wanted(found := self.status(stream)):
                return found
            time.sleep(0.05)
        raise AssertionError(f"it did not come to that: {found}")

    def viewings(self):
        return [json.loads(line) for line in (self.folder / "viewings").read_text().splitlines()]

    def reload(self, config):
        (self.folder / "gate.yml").write_text(yaml.safe_dump(config))
        self.background.run(self.gate.reload(load(self.folder / "gate.yml")))


def camera_rule(camera, name, **more):
    """Return a camera of the twin as the gate's file names it."""
    streams = {"main": "/sub", "sub": "/cam/play?channel=1&subtype=1"}
    return {"host": name, "address": camera.address, "port": camera.port, "streams": streams, **more}


def write_config(folder, cameras, port=0, *, passwords=None, **more):
    """Write a gate's file and what it points to; return its content."""
    logins = {one["host"]: {"user": USER, "password": PASSWORD} for one in cameras}
    private(folder / "credentials.json", json.dumps(logins | (passwords or {})))
    config = {
        "listen": {"port": port or free_port()},
        "control": str(folder / "control"),
        "credentials": str(folder / "credentials.json"),
        "guard": str(folder / "guard"),
        "viewings": str(folder / "viewings"),
        "readers": {"tester": {"user": pwd.getpwuid(os.getuid()).pw_name}},
        "cameras": cameras,
        **more,
    }
    (folder / "gate.yml").write_text(yaml.safe_dump(config))
    return config


def private(path, content):
    """Write a file that only its owner may read."""
    path.touch(mode=0o600)
    path.write_text(content)
    return path


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def gate(background, tmp_path):
    """Start gates in front of cameras; they end with the test."""
    running = []

    def start(*cameras, **more):
        folder = tmp_path / f"gate{len(running)}"
        folder.mkdir()
        config = write_config(folder, list(cameras), **more)

        async def begin():
            made = Gate(load(folder / "gate.yml"))
            await made.start()
            return made

        port = config["listen"]["port"]
        running.append(RunningGate(background.run(begin()), folder, port, background))
        return running[-1]

    yield start
    for one in running:
        for client in one.clients:
            client.close()
        background.run(asyncio.wait_for(one.gate.stop(), 20))
