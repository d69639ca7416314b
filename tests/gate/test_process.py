"""The gate as systemd runs it: readiness, watchdog, reload, end; on uvloop, as in the field."""

import os
import signal
import socket
import subprocess
import sys
import time

import pytest
import yaml

from lab.network import ROOT
from nanxi.gate.control import ControlError, ask_status
from tests.gate.conftest import camera_rule, write_config
from tests.support.rtsp import PASSWORD, RawClient

ONE, TWO = "shangtang-cam0001", "shangtang-cam0002"


@pytest.fixture
def notify(tmp_path):
    """What the process tells systemd."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(20)
        yield listening


@pytest.fixture
def process(tmp_path, site, notify):
    cameras = [camera_rule(site.add(), ONE), camera_rule(site.add(), TWO)]
    config = write_config(tmp_path, cameras)
    config["cameras"] = cameras[:1]
    (tmp_path / "gate.yml").write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "nanxi.gate", "--config", tmp_path / "gate.yml"]
    environment = {**os.environ, "NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
    with (tmp_path / "log").open("wb") as log:
        running = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    running.config, running.cameras = config, cameras
    yield running
    if running.poll() is None:
        running.kill()
    running.wait(10)


def streams(folder):
    try:
        found = ask_status(folder / "control")["streams"]
    except ControlError:
        return {}
    return {one["camera"]: one for one in found if one["stream"] == "main" and one["playing"]}


def until(wanted):
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if wanted():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to that")


def test_ready_alive_reloaded_and_ended(process, notify, tmp_path):
    assert notify.recv(100) == b"READY=1"
    assert notify.recv(100) == b"WATCHDOG=1"
    until(lambda: streams(tmp_path))
    client = RawClient("127.0.0.1", process.config["listen"]["port"])
    client.ask("DESCRIBE", f"/{ONE}/main")
    _, session = client.setup(f"/{ONE}/main", "/track0")
    client.ask("PLAY", f"/{ONE}/main", Session=session)

    process.config["cameras"] = [*process.cameras[:1], {**process.cameras[0], "address": "camera.example"}]
    (tmp_path / "gate.yml").write_text(yaml.safe_dump(process.config))
    process.send_signal(signal.SIGHUP)
    until(lambda: "the old configuration stays" in (tmp_path / "log").read_text())

    process.config["cameras"] = process.cameras
    (tmp_path / "gate.yml").write_text(yaml.safe_dump(process.config))
    process.send_signal(signal.SIGHUP)
    until(lambda: set(streams(tmp_path)) == {ONE, TWO})
    assert streams(tmp_path)[ONE]["sessions_total"] == 1
    assert len(client.packets(30)) == 30

    process.terminate()
    assert process.wait(10) == 0
    client.packets(100_000)  # to the end of the connection: the reader is not left hanging
    client.close()
    said = (tmp_path / "log").read_text()
    assert PASSWORD not in said
    assert not (tmp_path / "control").exists()


def test_a_wrong_configuration_is_told_and_nothing_runs(tmp_path):
    (tmp_path / "gate.yml").write_text("readers: {}\ncameras: 7\n")
    command = [sys.executable, "-m", "nanxi.gate", "--config", tmp_path / "gate.yml", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "readers" in done.stderr
    assert "cameras" in done.stderr
    assert "Traceback" not in done.stderr
