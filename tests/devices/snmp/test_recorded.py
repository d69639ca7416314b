"""Recordings of real agents, served by snmpsim, give right values."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from gufo.snmp.sync import SnmpSession

from nanxi.devices.snmp.access import Community, KeyRing
from nanxi.devices.snmp.client import Limits, connect
from nanxi.devices.snmp.read import Poll, read
from tests.devices.snmp.conftest import same, written

ROOT = Path(__file__).parents[3]
RECORDINGS = ROOT.parent / "shared/data/snmprec"
pytestmark = pytest.mark.recorded

EXPECTED = {
    "axiscam_p1375": (
        "axis",
        {
            "device_temperature_celsius part=sensor 1.2": 39,
            "storage_ok part=SD_DISK": 0,
            "device_uptime_seconds": 8859337.12,
        },
    ),
    "comware_hpe5900": (
        "comware",
        {
            "device_cpu_ratio part=Board": 0.05,
            "device_memory_used_ratio part=Board": 0.32,
            "device_temperature_celsius part=SENSOR 2": 36,
            "device_power_watts part=5900AF": 101,
            "device_fan_ok part=fan 2": 1,
            "device_power_supply_ok part=supply 1": 1,
            "optic_receive_power_low_dbm port=port 50": -9.9,
        },
    ),
    "dahua-nvr": (
        "dahua",
        {
            "device_cpu_ratio part=cpu": 0.06,
            "port_receive_bytes_total port=eth0": 1797133182,
            "port_transmit_bytes_total port=eth0": 3937058151,
            "port_speed_bytes_per_second port=eth0": 12500000,
        },
    ),
    "hikvision-cam": (
        "hikvision-camera",
        {
            "device_cpu_ratio part=cpu": 0.15,
            "device_memory_bytes part=memory": 512 * 1024**2,
            "device_memory_used_ratio part=memory": 0.83,
            "storage_bytes part=card": 0,
        },
    ),
    "hikvision-nvr": (
        "hikvision-nvr",
        {
            "device_memory_bytes part=memory": 169 * 1024**2,
            "storage_bytes part=disk 1": 3815447 * 1024**2,
            "storage_free_bytes part=disk 1": 2715648 * 1024**2,
        },
    ),
    "ios_nac": (
        "ios",
        {
            "port_up port=Fa0/1": 1,
            "port_up port=Fa0/2": 0,
            "port_full_duplex port=Fa0/1": 1,
            "port_receive_errors_total port=Fa0/1": 78,
            "port_receive_bytes_total port=Fa0/1": 612675,
        },
    ),
    "vrp_slas": ("vrp", {"device_uptime_seconds": 20380260.03}),
}


def answers(port: int) -> bool:
    try:
        with SnmpSession("127.0.0.1", port, community="vrp_slas", timeout=1) as session:
            return session.get("1.3.6.1.2.1.1.3.0") is not None
    except OSError:
        return False


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    if not RECORDINGS.is_dir():
        pytest.skip("the recordings of real devices are not here (../shared/data/snmprec)")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("snmpsim")
    process = subprocess.Popen(
        [sys.executable, "-m", "lab.snmp.recorded", f"--data-dir={RECORDINGS}", f"--cache-dir={folder}",
         f"--agent-udpv4-endpoint=127.0.0.1:{number}", "--process-user=root", "--process-group=root",
         f"--logging-method=file:{folder / 'log'}"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 30
    while not answers(number):
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < deadline
        time.sleep(0.2)
    yield number
    process.terminate()
    process.wait(10)


@pytest.mark.parametrize("name", EXPECTED)
async def test_a_recording_gives_right_values(name, port) -> None:
    family, expected = EXPECTED[name]
    access = Community.model_validate({"version": "2c", "community": name})
    agent = await connect(
        name, IPv4Address("127.0.0.1"), port, access=access, keys=KeyRing(), limits=Limits(timeout_s=5)
    )
    state = await read(agent, Poll())
    found = written(state)
    assert state.identity.family == family
    assert state.problems == ()
    assert {
        key: found.get(key) for key, value in expected.items() if not same(found.get(key, -1e99), value)
    } == {}
