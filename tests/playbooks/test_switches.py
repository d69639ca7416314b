"""playbooks/switches.yml against switch twins, as an integrator types it."""

import re
from ipaddress import IPv4Interface

import pytest

pytestmark = pytest.mark.lab
pytest_plugins = ["tests.support.switches"]

PLAYBOOK = "playbooks/switches.yml"
SWITCH = {
    "code": "33032402001390000001", "name": "瓯北交换机", "state": "installed", "vendor": "h3c", "model": "S5130",
    "network": "police", "platform": "hp_comware", "uplink": "GigabitEthernet1/0/24", "ports": "24",
    "installed_on": "2024-01-05",
}  # fmt: skip
HOSTS = ("oubei-sw01", "oubei-sw02", "oubei-sw03")


@pytest.fixture
def site(inventory, switches):
    """Three switches of oubei with a camera each, and a fourth that is dead; the first is where its name says."""
    rows = [
        SWITCH
        | {"serial": str(n), "code": f"3303240200139000000{n}", "mac": f"00-E0-FC-00-01-0{n}", "ipv4": f"10.98.0.{69 + n}"}
        for n in (1, 2, 3, 4)
    ]  # fmt: skip
    inventory.rows("switches", rows)
    with (inventory.folder / "plan/flows.yml").open(
        "a"
    ) as flows:  # in the sandbox a client has the switch's address
        flows.write(
            "  - {key: desk, from: management, to: management, services: [ssh], reason: 测试台在管理网}\n"
        )
    inventory.cameras(
        {
            "serial": str(n), "code": f"3303240200132000000{n}", "mac": f"02-00-00-00-00-0{n}",
            "ipv4": f"10.98.0.{199 + n}", "switch": f"oubei-sw0{n}", "switch_port": "GE1/0/1",
        }
        for n in (1, 2, 3)
    )  # fmt: skip
    inventory.new_passwords()
    vault = inventory.vault("oubei")
    twins = {}
    for row in rows[:3]:
        host = f"oubei-sw{int(row['serial']):02}"
        twins[host] = switches(
            "hp_comware", host=host, address=IPv4Interface(f"{row['ipv4']}/26"), listen=row["ipv4"], port=22,
            password=vault[host]["admin"], uplink=row["uplink"], gateway=None, controller=None,
            startup=delivered(host, row, vault[host]["admin"]),
        )  # fmt: skip
    return inventory, twins, vault


def delivered(host, row, password):
    """Return what a technician leaves: the switch answers by SSH from everywhere, and nothing else."""
    return (
        f"sysname {host}\nvlan 140\ninterface Vlan-interface140\n ip address {row['ipv4']} 255.255.0.0\n"
        f"interface {row['uplink']}\n port link-type trunk\n port trunk permit vlan 140\n"
        "line vty 0 63\n authentication-mode scheme\n user-role network-admin\n protocol inbound ssh\n"
        f"local-user admin class manage\n password simple {password}\n service-type ssh\n"
        " authorization-attribute user-role network-admin\nssh server enable\n"
    )


def verdicts(run):
    """Return what the summary says of each switch; a warning may stand before it on the same line."""
    return {host: verdict for verdict, host in re.findall(r"(\w[\w ]*): \[(oubei-sw\d+)\]", run.stdout)}


def test_canary_first_then_the_rest_and_then_nothing(site):
    inventory, twins, vault = site

    def play(*options):
        return inventory.play(PLAYBOOK, *options, NANXI_LANG="en")

    before = {host: twin.running() for host, twin in twins.items()}
    checked = play("--check", "--diff")
    assert {host: verdicts(checked).get(host) for host in HOSTS} == dict.fromkeys(HOSTS, "differs"), (
        checked.stdout
    )
    assert "+ port access vlan 110" in checked.stdout
    assert {host: twin.running() for host, twin in twins.items()} == before

    twins["oubei-sw01"].fault(refuses=((r"port access vlan 110", ""),))
    stopped = play()
    assert stopped.returncode
    assert "the switch refused 'port access vlan 110'" in stopped.stdout
    assert {host: twin.running() for host, twin in twins.items()} == before

    twins["oubei-sw01"].fault(refuses=())
    first = play()
    assert {host: verdicts(first)[host] for host in HOSTS} == dict.fromkeys(HOSTS, "changed"), first.stdout
    assert verdicts(first)["oubei-sw04"] == "unreachable"
    assert all(twin.running() == twin.startup() for twin in twins.values())

    second = play("--limit", "oubei-sw01,oubei-sw02,oubei-sw03")
    assert second.returncode == 0, second.stdout
    assert "changed" not in verdicts(second).values()
    secrets = [password for host in HOSTS for password in vault[host].values()]
    assert not any(
        secret in run.stdout + run.stderr for run in (checked, stopped, first, second) for secret in secrets
    )
