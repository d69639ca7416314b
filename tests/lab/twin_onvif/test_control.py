"""The control socket and its client."""

from __future__ import annotations

import asyncio
import json

import pytest

from lab.twin.control import ControlServer
from lab.twin.ctl import ControlError, call, main
from tests.lab.twin_onvif.client import call as soap
from tests.lab.twin_onvif.conftest import camera, loopback

HOST = "shangtang-cam0001"


@pytest.fixture
async def control(start_fleet, tmp_path):
    fleet = await start_fleet([camera(n, f"{loopback()}.{n}") for n in (1, 2)])
    server = ControlServer(fleet, tmp_path / "run" / "twins.sock")
    await server.start()
    yield fleet, tmp_path / "run" / "twins.sock"
    await server.stop()
    assert not (tmp_path / "run" / "twins.sock").exists()


async def ask(path, *arguments, **fields):
    return await asyncio.to_thread(call, path, *arguments, **fields)


async def test_somebody_alters_a_camera(control):
    fleet, path = control
    await ask(path, "patch", HOST, section="hostname", value={"name": "altered"})
    assert await ask(path, "get", HOST, section="hostname") == {
        "hostname": {"name": "altered", "from_dhcp": False}
    }
    assert "altered" in (await soap(fleet.twin(HOST), "tds:GetHostname")).body.decode()


async def test_passwords_do_not_show(control):
    _, path = control
    told = await ask(path, "get", HOST)
    assert told["users"] == [{"name": "admin", "password": "***", "level": "Administrator"}]


async def test_counts_what_was_asked(control):
    fleet, path = control
    assert await ask(path, "counts") == {}
    await soap(fleet.twin(HOST), "tds:GetHostname")
    assert await ask(path, "counts") == {HOST: {"tds:GetHostname": 1}}
    await ask(path, "forget")
    assert await ask(path, "counts", HOST) == {}


async def test_faults_come_and_go(control):
    fleet, path = control
    await ask(path, "fault", HOST, behaviour="html", operations=["tds:GetHostname"])
    assert b"Please log in" in (await soap(fleet.twin(HOST), "tds:GetHostname")).body
    assert b"tds:Scopes" in (await soap(fleet.twin(HOST), "tds:GetScopes")).body
    await ask(path, "clear", HOST)
    assert b"tds:Hostname" in (await soap(fleet.twin(HOST), "tds:GetHostname")).body


async def test_power_reboot_reset_and_rtsp(control, hand_clock):
    fleet, path = control
    twin = fleet.twin(HOST)
    await ask(path, "power", HOST, on=False)
    assert not twin.powered
    await ask(path, "power", HOST, on=True)
    await ask(path, "reboot", HOST)
    assert twin.silent_s == twin.traits.boot_s
    hand_clock.move(twin.traits.boot_s)
    await ask(path, "patch", HOST, section="hostname", value={"name": "altered"})
    await ask(path, "reset", HOST)
    assert twin.settings.hostname.name == "IPC"
    await ask(path, "rtsp", HOST, traits={"max_sessions": 1})
    assert twin.rtsp.max_sessions == 1
    await ask(path, "rtsp", HOST, traits=None)
    assert twin.rtsp is twin.profile.rtsp


@pytest.mark.parametrize(
    ("arguments", "fields", "said"),
    [
        (("patch", HOST), {"section": "nonsense", "value": 1}, "nonsense"),
        (("patch", HOST), {"section": "ntp", "value": {"from_dhcp": "perhaps"}}, "from_dhcp"),
        (("fault", HOST), {"behaviour": "nonsense"}, "no behaviour nonsense"),
        (("get", "no-such-host"), {}, "no-such-host"),
        (("dance",), {}, "dance"),
    ],
)
async def test_a_wrong_command_is_told(control, arguments, fields, said):
    _, path = control
    with pytest.raises(ControlError, match=said):
        await ask(path, *arguments, **fields)


async def test_from_the_shell(control, capsys):
    fleet, path = control
    line = [str(path), "patch", HOST, "section=hostname", 'value={"name": "by-shell"}']
    assert await asyncio.to_thread(main, line) == 0
    assert fleet.twin(HOST).settings.hostname.name == "by-shell"
    assert await asyncio.to_thread(main, [str(path), "get", HOST, "section=hostname"]) == 0
    assert json.loads(capsys.readouterr().out)["hostname"]["name"] == "by-shell"
    assert await asyncio.to_thread(main, [str(path), "dance"]) == 1
    assert await asyncio.to_thread(main, ["--help"]) == 2


async def test_only_its_owner_may_use_it(control):
    _, path = control
    assert path.stat().st_mode & 0o077 == 0
