"""What every switch does at its command line, driven by netmiko: a client that is not ours."""

import netmiko
import pytest

from tests.support.dial import dialled

pytestmark = pytest.mark.foreign


def test_a_configuration_survives_a_reboot_only_when_saved(switches):
    twin = switches("huawei_vrp")
    with dialled(twin) as line:
        line.type("system-view", "vlan batch 10 20 to 22", "return")
        assert "vlan batch 10 20 to 22" in line.connection.send_command("display current-configuration")
        assert "successfully" in line.connection.save_config()
        line.type("system-view", "vlan 30", "return")
    assert "vlan batch 10 20 to 22 30" in twin.running()
    twin.reboot()
    assert "vlan batch 10 20 to 22" in twin.running()


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


def test_an_access_list_that_cuts_management_off_hangs_the_session(switches):
    twin = switches("huawei_vrp")
    cut = ["acl 2000", "rule deny source any", "interface vlanif 1"]
    with dialled(twin) as line:
        line.type("system-view", *cut)
        with pytest.raises(netmiko.ReadTimeout):
            line.type("traffic-filter inbound acl 2000", "vlan 99", patience_s=1)
        with pytest.raises(netmiko.NetmikoTimeoutException):
            netmiko.ConnectHandler(**twin.netmiko(banner_timeout=1, conn_timeout=2))
        assert " traffic-filter inbound acl 2000" in twin.running()
        assert "vlan batch 99" not in twin.running()
    twin.reboot()
    with dialled(twin) as again:
        assert again.connection.find_prompt().startswith("<")
