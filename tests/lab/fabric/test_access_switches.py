"""Access switches in the lab's network: what is typed at a switch decides where the cables in its ports lead."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
from ansible_collections.nanxi.cctv.plugins.plugin_utils import vault

from lab import keys
from lab.lifecycle import LabError
from lab.network import ROOT
from lab.twin.ctl import call
from lab.zoned import ZonedLab
from tests.support.lab import need

pytestmark = pytest.mark.lab

INVENTORY = ROOT / "inventory/lab"
SWITCH, ADDRESS = "shangtang-sw01", "10.98.0.2"
#: A police and a public camera of Shangtang, in ports 5 and 1.
POLICE, PUBLIC = "10.98.0.130", "10.99.0.2"
#: What a technician does: sign in, type, leave. netmiko waits twelve seconds for prompts that never come.
_TYPE = """
import asyncio, sys
import asyncssh

async def main():
    options = {"username": "admin", "password": sys.stdin.readline().strip(), "known_hosts": None}
    async with asyncssh.connect(sys.argv[1], **options) as switch:
        async with switch.create_process(term_type="vt100") as session:
            session.stdin.write("\\n".join(["system-view", *sys.argv[2:], "return", "quit"]) + "\\n")
            print(await asyncio.wait_for(session.stdout.read(), 30))

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ZonedLab]:
    need("ovs-vswitchd", "ethtool", "nft")
    lab = ZonedLab(f"nxs{os.getpid()}", tmp_path_factory.mktemp("lab"), INVENTORY, machines=False)
    try:
        lab.up()
        yield lab
    finally:
        lab.down()


@pytest.fixture(scope="module")
def password(lab: ZonedLab) -> str:
    vault.open_vault(str(keys.vault_password(INVENTORY)), ask=False)
    return vault.store_of(INVENTORY).passwords("shangtang", SWITCH)["admin"].value


def inside(lab: ZonedLab, place: str, *command: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    enter = lab.stations.at(place).enter
    return subprocess.run(
        [*enter, *command], input=typed, capture_output=True, text=True, check=False, timeout=60
    )


def pings(lab: ZonedLab, place: str, address: str) -> bool:
    inside(lab, place, "ip", "neigh", "flush", "all")
    return inside(lab, place, "ping", "-q", "-c3", "-i0.2", "-W0.5", address).returncode == 0


def typed(lab: ZonedLab, password: str, *lines: str) -> None:
    """Type configuration at the switch, from its own zone."""
    done = inside(
        lab, "shangtang/management", sys.executable, "-c", _TYPE, ADDRESS, *lines, typed=f"{password}\n"
    )
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stdout, done.stdout


def test_a_staged_switch_carries_its_management_alone(lab: ZonedLab) -> None:
    assert lab.status().is_up
    assert pings(lab, "shangtang/management", ADDRESS)
    assert not pings(lab, "shangtang/cameras-police", POLICE)


def test_a_port_leads_into_the_vlan_that_was_typed(lab: ZonedLab, password: str) -> None:
    typed(
        lab,
        password,
        *(
            "vlan batch 110 210",
            "interface GigabitEthernet0/0/24",
            "port trunk allow-pass vlan 110 210",
            "quit",
        ),
        *("interface GigabitEthernet0/0/5", "port link-type access", "port default vlan 110", "quit"),
        *("interface GigabitEthernet0/0/1", "port link-type access", "port default vlan 210"),
    )
    assert pings(lab, "shangtang/cameras-police", POLICE)
    assert pings(lab, "shangtang/cameras-public", PUBLIC)
    assert not pings(lab, "shangtang/cameras-public", POLICE)


def test_one_vlan_altered_by_hand_moves_the_camera(lab: ZonedLab, password: str) -> None:
    port = "interface GigabitEthernet0/0/5"
    typed(lab, password, port, "port default vlan 210")
    assert not pings(lab, "shangtang/cameras-police", POLICE)
    typed(lab, password, port, "port default vlan 110")
    assert pings(lab, "shangtang/cameras-police", POLICE)


def test_a_port_that_is_shut_down_carries_nothing(lab: ZonedLab, password: str) -> None:
    typed(lab, password, "interface GigabitEthernet0/0/5", "shutdown")
    assert not pings(lab, "shangtang/cameras-police", POLICE)
    typed(lab, password, "interface GigabitEthernet0/0/5", "undo shutdown")
    assert pings(lab, "shangtang/cameras-police", POLICE)


def test_a_laptop_in_a_cameras_port_is_refused_by_a_bound_port(lab: ZonedLab, password: str) -> None:
    port = ("interface GigabitEthernet0/0/5", "port-security enable", "port-security mac-address sticky")
    typed(lab, password, *port, "port-security mac-address sticky 0007-5f00-0001 vlan 110")
    assert pings(lab, "shangtang/cameras-police", POLICE)
    knock = ["ping", "-q", "-c2", "-i0.2", "-W0.5", "10.98.0.158"]  # the laptop of the zone itself
    assert lab.exec_instead_of("shangtang-cam0005", knock) == 1
    assert pings(lab, "shangtang/cameras-police", POLICE)


def told(lab: ZonedLab, port: str) -> bool:
    """Return whether the switch says that there is a link."""
    ports = call(lab.folder / "run/switches.sock", "ports", SWITCH)
    return next(bool(one["link"]) for one in ports if one["name"] == port)


def until(true: Callable[[], bool], patience_s: float = 15) -> bool:
    deadline = time.monotonic() + patience_s
    while not (done := true()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return done


def test_a_switch_sees_that_a_cameras_cable_is_out_and_in_again(lab: ZonedLab) -> None:
    port = "GigabitEthernet0/0/6"
    assert until(lambda: told(lab, port))
    assert lab.unplug(SWITCH, port) == "shangtang-cam0006"
    assert until(lambda: not told(lab, port))
    assert lab.status().unplugged == ("shangtang-cam0006",)
    assert "unplugged: shangtang-cam0006" in str(lab.status())
    lab.plug("shangtang-cam0006")
    assert until(lambda: told(lab, port))
    assert lab.status().unplugged == ()
    noted = call(lab.folder / "run/switches.sock", "log", SWITCH)
    assert [line.partition(port)[2] for line in noted if port in line] == [": link down", ": link up"]


def test_what_hangs_on_a_switch_goes_with_its_uplink_and_comes_back(lab: ZonedLab) -> None:
    uplink = "GigabitEthernet0/0/24"
    assert pings(lab, "shangtang/cameras-police", POLICE)
    try:
        assert lab.unplug(SWITCH) == SWITCH
        assert until(lambda: not told(lab, uplink))
        assert not pings(lab, "shangtang/cameras-police", POLICE)
        assert not pings(lab, "shangtang/management", ADDRESS)
        assert lab.status().unplugged == (SWITCH,)
    finally:
        lab.plug(SWITCH, uplink)
    assert until(lambda: pings(lab, "shangtang/cameras-police", POLICE))
    assert until(lambda: pings(lab, "shangtang/management", ADDRESS))


def test_a_cable_that_there_is_not_is_named(lab: ZonedLab) -> None:
    for device, port, problem in (
        ("shangtang-cam0099", "", "no device 'shangtang-cam0099'"),
        (SWITCH, "GigabitEthernet0/0/23", "nothing of the register is in 'GigabitEthernet0/0/23'"),
    ):
        with pytest.raises(LabError, match=problem):
            lab.unplug(device, port)


def test_bringing_the_lab_up_puts_every_cable_in(lab: ZonedLab) -> None:
    lab.unplug(SWITCH)
    lab.unplug("shangtang-cam0006")
    lab.up()
    assert lab.status().unplugged == ()
