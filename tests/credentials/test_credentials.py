"""The vault's files: read strictly, written durably, checked, and never shown."""

import json
import stat
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from nanxi.county.load import load_plan
from nanxi.county.model import Network, SipServer
from nanxi.credentials import ClosedError, CredentialError, Store, open_store
from nanxi.credentials.check import check
from nanxi.credentials.issue import ALPHABET, accounts_of, fits, issue, keep, needs_password, new_password
from nanxi.credentials.reveal import LOG, reveal
from nanxi.estate import Estate
from nanxi.register.model import Camera, Encoder, Host, Nvr, Switch

HEADER = b"$ANSIBLE_VAULT;1.1;test\n"


def encrypt(content):
    return HEADER + content[::-1]


def decrypt(content):
    if b"closed" in content:
        raise CredentialError("no given vault password opens it")
    return content.removeprefix(HEADER)[::-1]


def camera(serial, **columns):
    return Camera(
        unit="oubei", serial=serial, code="33032402001320000001", name="n", vendor="Axis",
        point_class="2", place="p", ipv4=IPv4Address("10.98.0.194"),
        **({"state": "installed", "network": "police"} | columns),
    )  # fmt: skip


PLAN = load_plan(Path(__file__).parents[2] / "inventory/lab/plan")


def estate(*devices, plan=PLAN):
    return Estate(plan=plan, devices={one.host: one for one in devices})


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "credentials").mkdir()
    return tmp_path


def write(folder, passwords, unit="oubei"):
    path = folder / "credentials" / f"{unit}.json"
    path.write_bytes(encrypt(json.dumps(passwords).encode()))
    path.chmod(0o600)
    return path


def test_every_device_that_is_spoken_to_needs_passwords_and_no_other():
    common = {
        "unit": "oubei", "serial": 1, "code": "33032402001320000001", "name": "n", "vendor": "generic",
        "network": "police", "state": "installed",
    }  # fmt: skip
    assert needs_password(Encoder(**common, channels=4))
    recorder = Nvr(**common, channels=8)
    assert needs_password(recorder)
    assert accounts_of(recorder, PLAN) == ("admin", "recorder", "snmp_auth", "snmp_privacy")
    switch = Switch(**common, platform="huawei_vrp")
    assert needs_password(switch)
    assert accounts_of(switch, PLAN) == ("admin", "snmp_auth", "snmp_privacy")
    host = Host(**common, role="recorder")
    assert needs_password(host)
    assert accounts_of(host, PLAN) == ("snmp_auth", "snmp_privacy")
    assert not needs_password(camera(1, encoder="oubei-enc01", channel=1))
    assert not needs_password(camera(1, driver="none"))
    assert not needs_password(camera(1, management="observed"))
    assert not needs_password(camera(1, state="retired"))


def test_a_device_that_registers_at_a_platform_needs_a_password_there(folder):
    server = SipServer(server_id="33032400002000000001", domain="3303240000", address="10.98.255.9")
    policies = PLAN.policies.model_copy(update={"platforms_access": {Network.POLICE: server}})
    told = PLAN.model_copy(update={"policies": policies})
    write(folder, {"oubei-cam0001": {"admin": "Good-Pass1", "recorder": "Good-Pass2"}})
    findings = check(estate(camera(1), plan=told), folder, decrypt)
    assert [finding.problem for finding in findings] == ["no password of sip"]
    assert issue(estate(camera(1), plan=told), folder, decrypt, encrypt) == {"oubei": ["oubei-cam0001"]}
    passwords = Store(folder, decrypt).unit("oubei")["oubei-cam0001"]
    assert (passwords["admin"], fits(passwords["sip"])) == ("Good-Pass1", True)
    assert issue(estate(camera(2, network="public"), plan=told), folder, decrypt, encrypt)
    assert set(Store(folder, decrypt).unit("oubei")["oubei-cam0002"]) == {"admin", "recorder"}


def test_new_passwords_are_made_once_and_never_changed(folder):
    one = estate(camera(1))
    assert issue(one, folder, decrypt, encrypt) == {"oubei": ["oubei-cam0001"]}
    before = Store(folder, decrypt).unit("oubei")
    assert set(before["oubei-cam0001"]) == {"admin", "recorder"}
    both = estate(camera(1), camera(2, state="planned"))
    assert issue(both, folder, decrypt, encrypt) == {"oubei": ["oubei-cam0002"]}
    assert issue(both, folder, decrypt, encrypt) == {}
    after = Store(folder, decrypt).unit("oubei")
    assert after["oubei-cam0001"] == before["oubei-cam0001"]
    assert check(both, folder, decrypt) == []
    mode = (folder / "credentials/oubei.json").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600


def test_a_half_entry_is_completed(folder):
    write(folder, {"oubei-cam0001": {"admin": "Half-of-1t.all99"}})
    issue(estate(camera(1)), folder, decrypt, encrypt)
    accounts = Store(folder, decrypt).unit("oubei")["oubei-cam0001"]
    assert accounts["admin"] == "Half-of-1t.all99"
    assert fits(accounts["recorder"])


def test_the_password_that_a_device_has_is_kept_once_and_completed_when_it_becomes_managed(folder):
    old = camera(1, management="observed")
    assert keep([old, camera(2)], "Old-Pass-99", folder, decrypt, encrypt) == {
        "oubei": ["oubei-cam0001", "oubei-cam0002"]
    }
    assert keep([old], "Another-99", folder, decrypt, encrypt) == {}
    assert Store(folder, decrypt).unit("oubei")["oubei-cam0001"] == {"admin": "Old-Pass-99"}
    assert issue(estate(camera(1)), folder, decrypt, encrypt) == {"oubei": ["oubei-cam0001"]}
    accounts = Store(folder, decrypt).unit("oubei")["oubei-cam0001"]
    assert (accounts["admin"], fits(accounts["recorder"])) == ("Old-Pass-99", True)


@pytest.mark.parametrize("columns", [{"state": "retired"}, {"management": "observed"}, {"driver": "none"}])
def test_devices_that_need_none_get_none(folder, columns):
    assert issue(estate(camera(1, **columns)), folder, decrypt, encrypt) == {}


def test_one_unit_alone(folder):
    assert issue(estate(camera(1)), folder, decrypt, encrypt, unit="shangtang") == {}


def test_a_file_that_cannot_be_opened_is_not_overwritten(folder):
    path = folder / "credentials/oubei.json"
    path.write_bytes(HEADER + b"closed")
    with pytest.raises(ClosedError):
        issue(estate(camera(1)), folder, decrypt, encrypt)
    assert path.read_bytes() == HEADER + b"closed"


def test_new_passwords_fit_every_camera():
    made = {new_password() for _ in range(500)}
    assert len(made) == 500
    assert all(fits(password) and set(password) <= ALPHABET for password in made)


@pytest.mark.parametrize(
    "weak", ["Short1.", "Longer-than-16-signs", "alllowercase1", "With space 12345", "Ümlaut-12345"]
)
def test_what_some_camera_refuses(weak):
    assert not fits(weak)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"oubei-cam0001": {"admin": "SECRET"}}', "is not encrypted"),
        (HEADER + b"closed", "no given vault password opens it"),
        (encrypt(b'{"oubei-cam0001": {"admin": ["SECRET"]}}'), "oubei-cam0001.admin (string_type)"),
        (encrypt(b'{"oubei-cam0001": "SECRET"}'), "oubei-cam0001 (dict_type)"),
        (encrypt(b"SECRET"), "the file (json_invalid)"),
    ],
)
def test_a_wrong_file_is_told_without_its_content(folder, content, message):
    (folder / "credentials/oubei.json").write_bytes(content)
    with pytest.raises(ClosedError) as caught:
        Store(folder, decrypt).passwords("oubei", "oubei-cam0001")
    assert message in str(caught.value)
    assert "SECRET" not in f"{caught.value!r} {caught.value} {caught.value.__cause__}"


def test_what_is_missing_says_what_to_type(folder):
    with pytest.raises(CredentialError, match="scripts/credentials new"):
        Store(folder, decrypt).passwords("oubei", "oubei-cam0001")
    write(folder, {})
    with pytest.raises(CredentialError, match="no password of oubei-cam0001"):
        Store(folder, decrypt).passwords("oubei", "oubei-cam0001")


def test_secrets_do_not_print(folder):
    write(folder, {"oubei-cam0001": {"admin": "Canary-1234.abcd"}})
    store = Store(folder, decrypt)
    assert "Canary" not in f"{store.passwords('oubei', 'oubei-cam0001')} {store!r}"


def test_a_file_is_read_once(folder):
    path = write(folder, {"oubei-cam0001": {"admin": "Canary-1234.abcd"}})
    store = open_store(folder, decrypt)
    store.load_all()
    path.unlink()
    assert open_store(folder, decrypt) is store
    assert store.passwords("oubei", "oubei-cam0001")["admin"].value == "Canary-1234.abcd"


def test_factory_accounts_by_vendor_whatever_the_case(folder):
    accounts = {"AXIS": [{"user": "root", "password": "pass"}]}
    (folder / "credentials/factory.json").write_text(json.dumps(accounts))
    (found,) = Store(folder, decrypt).factory("Axis")
    assert (found.user, found.password.value, found.origin) == ("root", "pass", "factory")
    assert Store(folder, decrypt).factory("nobody") == ()


def test_check_finds_everything_and_shows_nothing(folder):
    (folder / "credentials/factory.json").write_text(
        '{"axis": [{"user": "root", "password": "Factory-1234"}]}'
    )
    path = write(
        folder,
        {
            "oubei-cam0001": {"admin": "Same-1234.abcd", "recorder": "Same-1234.abcd"},
            "oubei-cam0002": {"admin": "Factory-1234", "recorder": "weak"},
            "oubei-cam0009": {"admin": "Other-1234.abcd"},
        },
    )
    path.chmod(0o644)
    (folder / "credentials/shangtang.json").write_bytes(b"{}")
    (folder / "credentials/shangtang.json").chmod(0o600)
    findings = check(estate(camera(1), camera(2), camera(3)), folder, decrypt)
    assert {(finding.column, finding.rule.removeprefix("credentials-")) for finding in findings} == {
        ("", "mode"),
        ("oubei-cam0001.recorder", "repeated"),
        ("oubei-cam0002.admin", "factory"),
        ("oubei-cam0002.recorder", "strength"),
        ("oubei-cam0003", "missing"),
        ("oubei-cam0009", "unknown"),
        ("", "unreadable"),
    }
    text = " ".join(str(finding) for finding in findings)
    assert not [secret for secret in ("Same-1234", "Factory-1234", "weak", "Other-1234") if secret in text]


def test_a_secret_is_shown_for_a_reason_that_stays(folder):
    write(folder, {"oubei-cam0001": {"admin": "Canary-1234.abcd"}})
    store = Store(folder, decrypt)
    with pytest.raises(CredentialError, match="reason"):
        reveal(store, "oubei", "oubei-cam0001", "  ")
    assert reveal(store, "oubei", "oubei-cam0001", "ticket 4711")["admin"].value == "Canary-1234.abcd"
    log = folder / "credentials" / LOG
    assert json.loads(log.read_text())["reason"] == "ticket 4711"
    assert "Canary" not in log.read_text()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
