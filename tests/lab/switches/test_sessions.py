"""What every switch does at its command line, driven by netmiko: a client that is not ours."""

import time
from dataclasses import dataclass

import netmiko
import pytest

from tests.support.dial import dialled

pytestmark = pytest.mark.foreign


@dataclass(frozen=True)
class Words:
    """How a dialect says the things that every test needs."""

    configure: str
    top: str
    shown: str  # what the running configuration says of VLAN 10
    save: tuple[str, ...]
    saved: str
    running: str
    cut: tuple[str, ...]  # cuts management off with its last line


WORDS = {
    "huawei_vrp": Words(
        "system-view",
        "return",
        "vlan batch 10",
        ("save", "y"),
        "Save the configuration successfully.",
        "display current-configuration",
        ("acl 2000", "rule deny", "interface vlanif 1", "traffic-filter inbound acl 2000"),
    ),
    "hp_comware": Words(
        "system-view",
        "return",
        "vlan 10",
        ("save", "y", "", "y"),
        "Saved the current configuration to mainboard device successfully.",
        "display current-configuration",
        ("acl basic 2000", "rule deny", "interface vlan-interface 1", "packet-filter 2000 inbound"),
    ),
    "ruijie_os": Words(
        "configure terminal",
        "end",
        "vlan 10",
        ("write",),
        "[OK]",
        "show running-config",
        ("ip access-list standard 10", "deny any", "interface vlan 1", "ip access-group 10 in"),
    ),
    "cisco_ios": Words(
        "configure terminal",
        "end",
        "vlan 10 ",
        ("copy running-config startup-config", ""),
        "[OK]",
        "show running-config",
        ("ip access-list standard 10", "deny any", "interface vlan 1", "ip access-group 10 in"),
    ),
}

each_dialect = pytest.mark.parametrize("platform", WORDS)


@each_dialect
def test_what_was_saved_survives_the_power_and_what_was_not_does_not(switches_with_flash, platform):
    words = WORDS[platform]
    twin = switches_with_flash(platform, host="sw1")
    with dialled(twin) as line:
        line.type(words.configure, "vlan 10", words.top)
        assert words.saved in line.type(*words.save)
        line.type(words.configure, "vlan 11", words.top)
    key = twin.switch.folder / "sw1/host_key"
    identity = key.read_bytes()
    assert twin.vlans() == {1, 10, 11}
    twin.power_off()
    again = switches_with_flash(platform, host="sw1")
    assert words.shown in again.running()
    assert again.vlans() == {1, 10}
    assert key.read_bytes() == identity
    assert key.stat().st_mode & 0o077 == 0


@each_dialect
def test_a_save_that_fails_says_so_and_keeps_the_old_file(switches, platform):
    words = WORDS[platform]
    twin = switches(platform, quirks=("save-fails",))
    before = twin.startup()
    with dialled(twin) as line:
        line.type(words.configure, "vlan 10", words.top)
        said = line.type(*words.save)
    assert words.saved not in said
    assert "space" in said
    assert twin.startup() == before


@each_dialect
def test_what_cuts_management_off_hangs_the_session_and_keeps_new_ones_out(switches, platform):
    words = WORDS[platform]
    twin = switches(platform)
    with dialled(twin) as line:
        line.type(words.configure, *words.cut[:-1])
        with pytest.raises(netmiko.ReadTimeout):
            line.type(words.cut[-1], patience_s=0.7)
        with pytest.raises(netmiko.NetmikoTimeoutException):
            netmiko.ConnectHandler(**twin.netmiko(banner_timeout=0.5, conn_timeout=2))
        # Packets that come while nobody can come are lost, not carried out.
        line.connection.write_channel("vlan 99\n")
        time.sleep(0.2)
        assert "99" not in "".join(text for text in twin.running() if text.startswith("vlan"))
    twin.reboot()
    with dialled(twin) as again:
        assert again.connection.find_prompt()


@each_dialect
def test_pages_until_told_otherwise(switches, platform):
    words = WORDS[platform]
    twin = switches(platform)
    with dialled(twin) as line:
        whole = line.connection.send_command(words.running)
        paging = {"cisco_ios": "terminal length 24", "ruijie_os": "terminal length 24"}.get(platform)
        if paging is None:
            return
        line.type(paging)
        line.connection.write_channel(f"{words.running}\n")
        first = line.connection.read_until_pattern("--More--", read_timeout=3)
        assert len(first.splitlines()) == 24 + 2  # the echo of the command above, the question below
        line.connection.write_channel(" ")
        second = line.connection.read_until_pattern("--More--", read_timeout=3)
        line.connection.write_channel("q")
        assert second.splitlines()[-2].strip() in whole
        assert line.connection.find_prompt().endswith("#")


def test_refused_lines_are_pointed_at(switches):
    twin = switches("huawei_vrp")
    with dialled(twin) as line:
        said = line.type("system-view", "vlan 10", "interface g0/0/1", "port default vlan ten").splitlines()
    assert said[1:3] == [
        f"{' ' * len('[sw001-GigabitEthernet0/0/1]port default vlan ')}^",
        "Error: Wrong parameter found at '^' position.",
    ]
    assert twin.typed()[-2:] == ["interface g0/0/1", "port default vlan ten"]


def test_wrong_password(switches):
    twin = switches("huawei_vrp")
    with pytest.raises(netmiko.NetmikoAuthenticationException):
        netmiko.ConnectHandler(**twin.netmiko(password="not it"))


def test_session_dies_in_the_middle(switches):
    twin = switches("huawei_vrp")
    with dialled(twin) as line:
        line.type("system-view")
        twin.fault(drops_after=len(twin.typed()) + 1)
        line.type("vlan 10")
        with pytest.raises((netmiko.ReadTimeout, OSError)):
            line.type("vlan 11", patience_s=2)
    assert "vlan batch 10" in twin.running()


def test_an_access_list_on_the_lines_turns_new_callers_away_and_leaves_sessions_alone(switches):
    twin = switches("cisco_ios")
    with dialled(twin) as line:
        line.type("configure terminal", "access-list 10 permit 10.98.200.0 0.0.0.255", "line vty 0 4")
        line.type("access-class 10 in", "end")
        with pytest.raises(netmiko.NetmikoTimeoutException):
            netmiko.ConnectHandler(**twin.netmiko(conn_timeout=2))
        line.type("configure terminal", "line vty 0 4", "no access-class 10 in")
    with dialled(twin) as again:
        assert again.connection.find_prompt() == f"{twin.switch.installation.host}#"


ROLLBACKS = {
    "hp_comware": ({}, ("system-view", "configuration commit delay 3"), "configuration commit"),
    "cisco_ios": ({}, ("configure terminal revert timer 3",), "configure confirm"),
    "huawei_vrp": ({"profile": "huawei_vrp8"}, ("system-view",), "commit"),
}


@pytest.mark.parametrize("platform", ROLLBACKS)
def test_a_timed_rollback_gives_management_back(switches, platform):
    order, arm, _ = ROLLBACKS[platform]
    twin, words = switches(platform, **order), WORDS[platform]
    cut = words.cut
    if platform == "cisco_ios":
        with dialled(twin) as line:
            line.type("configure terminal", "archive", "path flash:archive", "end")
    before = twin.running()
    with dialled(twin) as line:
        line.type(*arm, *cut[:-1])
        last = "commit trial 180" if platform == "huawei_vrp" else cut[-1]
        if platform == "huawei_vrp":
            line.type(cut[-1])
        with pytest.raises(netmiko.ReadTimeout):
            line.type(last, patience_s=0.5)
        twin.advance(179)
        assert twin.running() != before
        twin.advance(2)
        assert twin.running() == before
    with dialled(twin) as again:
        assert again.connection.find_prompt()


@pytest.mark.parametrize("platform", ROLLBACKS)
def test_a_confirmed_change_stays(switches, platform):
    order, arm, confirm = ROLLBACKS[platform]
    twin, words = switches(platform, **order), WORDS[platform]
    persist = " persist nanxi" if platform == "huawei_vrp" else ""
    with dialled(twin) as line:
        if platform == "cisco_ios":
            line.type("configure terminal", "archive", "path flash:archive", "end")
        line.type(*arm, "vlan 10")
        if platform == "huawei_vrp":
            line.type(f"commit trial 180{persist}")
    with dialled(twin) as line:
        line.type(*(() if platform == "cisco_ios" else ("system-view",)), confirm + persist)
    twin.advance(1000)
    assert words.shown in twin.running()


def test_a_trial_without_a_name_ends_with_its_session(switches):
    twin = switches("huawei_vrp", profile="huawei_vrp8")
    before = twin.running()
    with dialled(twin) as line:
        line.type("system-view", "vlan 10", "commit trial 180")
        assert "vlan batch 10" in twin.running()
    wait_until(lambda: twin.running() == before)


def wait_until(true, patience_s=5):
    end = time.monotonic() + patience_s
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_questions_before_the_first_prompt(switches):
    huawei = switches("huawei_vrp", quirks=("N1",))
    with dialled(huawei) as line:
        assert line.connection.find_prompt() == f"<{huawei.switch.installation.host}>"
    assert any("Change now?" in item.answers for item in huawei.switch.transcript)
    ruijie = switches("ruijie_os", quirks=("N2",))
    with dialled(ruijie) as line:
        assert line.connection.find_prompt() == f"{ruijie.switch.installation.host}#"
    assert any("change the password" in item.answers for item in ruijie.switch.transcript)


def test_a_password_never_stands_in_the_transcript(switches):
    twin = switches("ruijie_os", traits={"read_only": True})
    with dialled(twin, secret=twin.password) as line:
        assert line.connection.check_enable_mode()
    assert any(item.answers == "Password:" for item in twin.switch.transcript)
    assert twin.password not in str(twin.switch.spoken())


def test_one_session_at_a_time(switches):
    twin = switches("huawei_vrp", quirks=("one-session",))
    with dialled(twin), pytest.raises((netmiko.NetmikoTimeoutException, netmiko.ReadTimeout, OSError)):
        netmiko.ConnectHandler(**twin.netmiko(session_timeout=2, read_timeout_override=2))
    wait_until(lambda: not twin.switch.sessions)
    with dialled(twin) as line:
        assert line.connection.find_prompt()


def test_a_restart_in_the_middle_of_a_session(switches):
    twin = switches("hp_comware")
    with dialled(twin) as line:
        line.type("system-view", "vlan 10")
        twin.reboot()
        with pytest.raises((netmiko.ReadTimeout, OSError)):
            line.type("vlan 11", patience_s=1)
    assert "vlan 10" not in twin.running()


def test_a_line_that_the_software_lacks(switches):
    twin = switches("hp_comware", quirks=("refuses-line",))
    with dialled(twin) as line:
        said = line.type("system-view", "interface g1/0/1", "broadcast-suppression pps 100")
        assert " % Unrecognized command found at '^' position." in said
        assert "%" not in line.type("stp edged-port")
