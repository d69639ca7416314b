"""Module snmp: every point of every family is a documented metric; a switch of the register tells its cameras."""

from __future__ import annotations

from datetime import timedelta

import pytest

from exporters.probe import Verdict, run_probe
from exporters.services import Services
from exporters.signals import CATALOGUE
from exporters.snmp.access import load
from exporters.snmp.probe import probe_snmp
from lab.snmp.agent import Login, SnmpTwin
from lab.snmp.objects import objects_of
from nanxi.credentials import ClosedError, CredentialError
from nanxi.devices.snmp.families import families
from nanxi.register.model import Kind

SWITCH = "shangtang-sw01"
#: Points that only others are computed from.
INNER = {"memory_used", "memory_free"}
YAML = """
default: {version: "3", user: nanxi, auth_password: auth-password, priv_password: priv-password}
kinds: {cameras: {version: "2c", community: sesame-2c}}
port: %d
"""


def test_every_point_of_every_family_is_a_documented_metric() -> None:
    for family in families().values():
        cells = [(cell.point, {table.label}) for table in family.tables for cell in table.cells]
        cells += [(one.point, set(one.labels)) for one in family.scalars]
        for name, labels in cells:
            if name not in INNER:
                signal = CATALOGUE[f"nanxi_{name}"]
                assert set(signal.labels) - {"status"} == labels, (family.name, name)
                assert signal.module == "snmp"


@pytest.mark.lab
async def test_a_switch_tells_which_camera_hangs_where(
    make_config, serve, read, checked, estate, credentials
) -> None:
    switch = estate.devices[SWITCH]
    login = Login("sesame-2c", "nanxi", "auth-password", "priv-password")
    twin = SnmpTwin(str(switch.ipv4), 0, objects_of(switch, estate), login)
    try:
        file = credentials / "snmp.yml"
        file.write_text(YAML % twin.port)
        file.chmod(0o600)
        client = await serve(make_config("snmp", kinds=["switches"]))
        _, text = await client.get(f"/probe?module=snmp&target={SWITCH}")
    finally:
        twin.stop()
    found = read(text)
    assert found[("probe_success",)] == 1
    port = "GigabitEthernet0/0/1"
    camera = next(one for one in estate.devices.values() if one.switch == SWITCH and one.switch_port == port)
    assert found[("nanxi_port_station_info", camera.mac, port, camera.host)] == 1
    assert found[("nanxi_port_up", port)] == found[("nanxi_port_poe_delivering", port)] == 1
    assert found[("nanxi_port_poe_watts", port)] == 4.24
    assert found[("nanxi_port_up", "GigabitEthernet0/0/23")] == 0
    assert checked(text) == (0, "")


@pytest.mark.lab
async def test_a_dead_agent_is_told_before_prometheus_gives_up(make_config, serve, read, credentials) -> None:
    (credentials / "snmp.yml").write_text(YAML % 161)
    (credentials / "snmp.yml").chmod(0o600)
    client = await serve(make_config("snmp", kinds=["switches"], timeout_s=0.3, retries=1, deadline_s=5))
    _, text = await client.get(f"/probe?module=snmp&target={SWITCH}")
    assert read(text)[("nanxi_probe_verdict", "snmp", "unreachable")] == 1


@pytest.mark.parametrize(
    ("text", "error", "problem"),
    [
        ("default: {version: '2c'}", ClosedError, "community"),
        ("default: {version: '1', community: sesame}", ClosedError, "default"),
        (
            "default: {version: '3', user: a, auth_password: sesame, priv_password: sesamesesame}",
            ClosedError,
            "auth_password",
        ),
        ("hosts: {a: [}", ClosedError, "not YAML"),
    ],
)
def test_a_wrong_file_is_named_and_not_shown(text, error, problem, tmp_path) -> None:
    (tmp_path / "snmp.yml").write_text(text)
    (tmp_path / "snmp.yml").chmod(0o600)
    with pytest.raises(error, match=problem) as caught:
        load(tmp_path)
    assert "sesame" not in str(caught.value)


def test_the_most_specific_access_wins(tmp_path, estate) -> None:
    file = tmp_path / "snmp.yml"
    file.write_text(
        "kinds: {switches: {version: '2c', community: a}}\nhosts: {shangtang-sw01: {version: '2c', community: b}}\n"
    )
    file.chmod(0o600)
    access = load(tmp_path)
    assert access.of(estate.devices[SWITCH]).community.get_secret_value() == "b"
    assert access.of(estate.devices["oubei-sw01"]).community.get_secret_value() == "a"
    camera = next(one for one in estate.devices.values() if one.kind is Kind.CAMERA)
    with pytest.raises(CredentialError, match="says nothing of"):
        access.of(camera)


@pytest.mark.lab
async def test_a_refused_user_is_entered_in_the_guard_and_not_tried_on(
    make_config, estate, credentials, guard, monkeypatch
) -> None:
    switch = estate.devices[SWITCH]
    twin = SnmpTwin(
        str(switch.ipv4),
        0,
        objects_of(switch, estate),
        Login("sesame-2c", "nanxi", "another-word", "priv-password"),
    )

    def told(word: str) -> None:
        file = credentials / "snmp.yml"
        file.write_text((YAML % twin.port).replace("auth-password", word))
        file.chmod(0o600)

    told("auth-password")
    services = Services(make_config("snmp", kinds=["switches"], timeout_s=0.5, retries=0), guard)
    module = services.config.modules["snmp"]

    async def poll() -> Verdict:
        return (await run_probe(probe_snmp, switch, module, services, 10)).verdict

    try:
        # A restart between two requests looks the same: once is no refusal.
        assert await poll() is Verdict.REFUSED
        assert guard.states() == []
        assert await poll() is Verdict.REFUSED
        (held,) = guard.states()
        assert [(one.user, one.origin) for one in held.refused] == [("nanxi", "snmp")]
        assert held.failures == []  # the web interface's budget is its own
        tried: list[object] = []
        monkeypatch.setattr("exporters.snmp.probe.connect", lambda *_, **__: tried.append(1))
        assert await poll() is Verdict.LOCKED
        assert tried == []
        monkeypatch.undo()
        # Some time later it is tried again: the user may have been entered on the switch meanwhile.
        monkeypatch.setattr("exporters.snmp.probe.AGAIN", timedelta())
        assert await poll() is Verdict.REFUSED
        monkeypatch.undo()
        assert await poll() is Verdict.LOCKED
        told("another-word")  # the vault's has changed: at once
        services.reload()
        assert await poll() is Verdict.OK
        assert guard.states() == []
        told("auth-password")
        services.reload()
        assert [await poll(), await poll(), await poll()] == ["refused", "refused", "locked"]
    finally:
        twin.stop()
    assert await poll() is Verdict.UNREACHABLE  # held back, and noticed all the same
