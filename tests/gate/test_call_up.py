"""The exporter's call-up of a recorded camera at a live gate: one session for the camera, and never a way around the gate."""

import asyncio
import json
import os
import pwd
from pathlib import Path

import pytest

from exporters.config import Config
from exporters.gate.collect import collect_gate
from exporters.probe import run_probe
from exporters.rtsp.probe import probe_rtsp
from exporters.services import Services
from nanxi.devices.guard import LockoutGuard
from tests.gate.conftest import camera_rule
from tests.support.rtsp import PASSWORD, USER

INVENTORY = Path(__file__).parents[2] / "inventory/lab"
CAMERA, LOCKED, UNKNOWN = "shangtang-cam0001", "shangtang-cam0003", "shangtang-cam0005"
MODULE = {"prober": "rtsp", "kinds": ["cameras"], "which": "recorded_here", "sample_s": 0.3}


@pytest.fixture
def exporter(tmp_path):
    """Return the services of the exporter that runs beside a gate; it has no account of any camera."""

    def beside(running):
        recording = tmp_path / "recording.json"
        promise = {"point_class": "3", "days": 30}
        cameras = dict.fromkeys((CAMERA, LOCKED, UNKNOWN), promise)
        recording.write_text(json.dumps({"volumes": [str(tmp_path)], "cameras": cameras}))
        config = {
            "inventory": INVENTORY,
            "credentials": tmp_path / "nowhere",
            "modules": {"rtsp": MODULE},
            "collectors": {"gate": 15},
            "gate": {"control": running.folder / "control", "port": running.port},
            "recording": recording,
        }
        return Services(Config(**config), LockoutGuard(tmp_path / "guard"))

    return beside


def called_up(services, host):
    """Return the verdict of one call-up, what was told and why."""
    module, device = services.config.modules["rtsp"], services.estate.devices[host]
    result = asyncio.run(run_probe(probe_rtsp, device, module, services, 20))
    return result.verdict, {one.signal.name: one.value for one in result.samples}, "\n".join(result.log.lines)


def test_a_recorded_camera_is_called_up_at_its_gate_alone(site, gate, exporter, tmp_path):
    camera, locked = site.add(), site.add()
    wrong = {LOCKED: {"user": USER, "password": f"not {PASSWORD}"}}
    probes = tmp_path / "probes"
    me = {"tester": {"user": pwd.getpwuid(os.getuid()).pw_name, "exporter": True}}
    rules = camera_rule(camera, CAMERA), camera_rule(locked, LOCKED)
    running = gate(*rules, passwords=wrong, readers=me, probes=str(probes))
    running.until(f"{CAMERA}/main", lambda one: one["playing"])
    running.until(f"{LOCKED}/main", lambda one: one["cause"] == "unauthorised")
    services = exporter(running)

    verdict, told, log = called_up(services, CAMERA)
    assert (verdict, told["nanxi_rtsp_up"], told["nanxi_rtsp_status"]) == ("ok", 1, 200), log
    assert told["nanxi_rtsp_frames_per_second"] > 1
    # R8: the session that the recorder needs anyway, and no other.
    assert (camera.counts["RTSP PLAY"], site.sessions(camera)) == (1, 1)
    verdict, told, log = called_up(services, LOCKED)
    assert (verdict, told["nanxi_rtsp_up"]) == ("refused", 0)
    assert f"the gate has no picture of {LOCKED}/main" in log
    verdict, told, log = called_up(services, UNKNOWN)
    assert (verdict, told["nanxi_rtsp_up"]) == ("failed", 0)
    assert f"does not hold {UNKNOWN}" in log
    gone = {one.signal.name: one.value for one in collect_gate(services)}
    assert gone == {"nanxi_gate_up": 1, "nanxi_gate_cameras": 3, "nanxi_gate_playing_cameras": 1}

    (viewed,) = map(json.loads, probes.read_text().splitlines())
    assert (viewed["camera"], viewed["stream"], viewed["reason"]) == (CAMERA, "main", "probe")
    assert not (running.folder / "viewings").exists()

    asked = dict(camera.counts)
    running.background.run(running.gate.stop())
    gone = {one.signal.name: one.value for one in collect_gate(services)}
    assert gone["nanxi_gate_up"] == 0
    verdict, told, log = called_up(exporter(running), CAMERA)
    assert (verdict, told["nanxi_rtsp_up"]) == ("failed", 0)
    assert "the gate of this host is dead" in log
    # Nobody went to the camera instead; the gate alone told it that it may forget its session.
    more = {name: count - asked.get(name, 0) for name, count in camera.counts.items()}
    assert {name for name, count in more.items() if count} == {"RTSP TEARDOWN"}
