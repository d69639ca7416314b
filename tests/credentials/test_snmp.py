"""What the exporters are told of SNMP is what roles and templates write into the devices."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from exporters.snmp import access as exporters
from nanxi.credentials import ClosedError, Store
from nanxi.credentials.snmp import snmp_file
from nanxi.devices.declare import SNMP_USER
from nanxi.devices.snmp.access import UserAccess
from nanxi.register.model import Host, Kind, Nvr, Switch
from tests.credentials.test_credentials import camera, decrypt, encrypt, write

ROOT = Path(__file__).parents[2]
KEYS = {"snmp_auth": "Auth-12345678", "snmp_privacy": "Priv-12345678"}
COMMON = {
    "unit": "oubei", "serial": 1, "code": "33032402001320000001", "name": "n", "vendor": "generic",
    "network": "police", "state": "installed",
}  # fmt: skip
DEVICES = [
    Switch(**COMMON, platform="huawei_vrp"),
    Host(**COMMON, role="recorder"),
    Nvr(**COMMON, channels=8),
]


def made(folder: Path, passwords: dict[str, dict[str, str]]) -> exporters.SnmpAccess:
    (folder / "credentials").mkdir()
    write(folder, passwords)
    path = folder / "snmp.yml"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(snmp_file([*DEVICES, camera(1)], Store(folder, decrypt))))
    return exporters.load(folder)


def test_the_exporter_reads_what_the_vault_has(tmp_path: Path) -> None:
    hosts = {one.host: {"admin": "Admin-12345678", **KEYS} for one in DEVICES}
    file = made(tmp_path, hosts | {"oubei-cam0001": {"admin": "Admin-12345678"}})
    assert set(file.hosts) == set(hosts)
    for device in DEVICES:
        asked = file.of(device)
        assert isinstance(asked, UserAccess)
        assert asked.user == SNMP_USER
        assert asked.auth_password.get_secret_value() == KEYS["snmp_auth"]
        assert asked.priv_password.get_secret_value() == KEYS["snmp_privacy"]


def test_half_an_entry_is_none_and_a_closed_vault_is_no_empty_file(tmp_path: Path) -> None:
    file = made(tmp_path, {DEVICES[0].host: {"snmp_auth": "Auth-12345678"}})
    assert file.hosts == {}
    (tmp_path / "credentials/oubei.json").write_bytes(encrypt(json.dumps({}).encode()) + b"closed")
    with pytest.raises(ClosedError):
        snmp_file(DEVICES, Store(tmp_path, decrypt))


def test_digests_are_those_that_the_devices_get(tmp_path: Path) -> None:
    file = made(tmp_path, {one.host: KEYS for one in DEVICES})
    words = {one.kind: file.of(one) for one in DEVICES}
    snmpd = (ROOT / "roles/host_baseline/templates/snmpd.conf.j2").read_text("utf-8")
    assert re.search(r'createUser \S+ \S+ \S+ SHA-256 ".*" AES "', snmpd)
    assert (words[Kind.HOST].auth, words[Kind.HOST].priv) == ("sha256", "aes")
    for template in (ROOT / "nanxi/devices/switch/templates").glob("*/snmp.j2"):
        text = template.read_text("utf-8")
        assert re.search(r"\b(auth|authentication-mode) sha ", text), template
        assert re.search(r"\b(priv aes ?128|privacy-mode aes128) ", text), template
    assert (words[Kind.SWITCH].auth, words[Kind.SWITCH].priv) == ("sha", "aes")
