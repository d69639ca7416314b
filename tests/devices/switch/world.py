"""What the switch tests share: a switch as it left the works, what is intended for it, and a job that joins the two."""

from __future__ import annotations

from datetime import datetime
from ipaddress import IPv4Address
from pathlib import Path

from nanxi.devices.driver import Secret, Target
from nanxi.devices.outcome import Outcome
from nanxi.devices.switch.converge import converge
from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.job import Surroundings, SwitchJob
from nanxi.devices.switch.reading import tree_of
from tests.devices.switch.simulator import Config, Device, Session, clone, printed

INTENDED = {
    "huawei_vrp": """
vlan 110
 description cameras-police
acl number 3110
 rule 10 permit tcp source 10.98.0.128 0.0.0.31 destination 10.98.255.0 0.0.0.63 destination-port eq 123
 rule 60000 deny ip
interface GigabitEthernet0/0/1
 description shangtang-cam0001
 port link-type access
 port default vlan 110
 port-isolate enable group 1
 traffic-filter inbound acl 3110
interface GigabitEthernet0/0/24
 port link-type trunk
 port trunk allow-pass vlan 110 140
snmp-agent usm-user v3 nanxi authentication-mode sha cipher <secret:snmp_auth>
undo telnet server enable
user-interface vty 0 4
 protocol inbound ssh
""",
    "hp_comware": """
vlan 110
 name cameras-police
acl advanced 3110
 rule 10 permit tcp source 10.98.0.128 0.0.0.31 destination 10.98.255.0 0.0.0.63 destination-port eq 123
 rule 60000 deny ip
interface GigabitEthernet1/0/1
 description shangtang-cam0001
 port access vlan 110
 port-isolate enable group 1
 packet-filter 3110 inbound
interface GigabitEthernet1/0/24
 port link-type trunk
 port trunk permit vlan 110 140
snmp-agent usm-user v3 nanxi nanxi simple authentication-mode sha <secret:snmp_auth>
undo telnet server enable
line vty 0 63
 protocol inbound ssh
""",
    "ruijie_os": """
vlan 110
 name cameras-police
ip access-list extended NX-CAMERAS
 permit udp 10.98.0.128 0.0.0.31 10.98.255.0 0.0.0.63 eq 123
interface GigabitEthernet0/1
 description shangtang-cam0001
 switchport access vlan 110
 switchport protected
 ip access-group NX-CAMERAS in
interface GigabitEthernet0/24
 switchport mode trunk
 switchport trunk allowed vlan only 110,140
snmp-server user nanxi nanxi v3 auth sha <secret:snmp_auth>
line vty 0 4
 transport input ssh
""",
    "cisco_ios": """
vlan 110
 name cameras-police
ip access-list extended NX-CAMERAS
 permit udp 10.98.0.128 0.0.0.31 10.98.255.0 0.0.0.63 eq 123
interface GigabitEthernet1/0/1
 description shangtang-cam0001
 switchport access vlan 110
 switchport mode access
 switchport protected
 ip access-group NX-CAMERAS in
interface GigabitEthernet1/0/24
 switchport trunk allowed vlan 110,140
 switchport mode trunk
snmp-server user nanxi nanxi v3 auth sha <secret:snmp_auth>
no ip http server
line vty 0 4
 transport input ssh
""",
}

SECRET = "S3cret-auth-1234"


def works(dialect: str) -> Config:
    """Return what a switch runs before Nanxi's first visit: in use, with things that are not Nanxi's."""
    first, last = {
        "huawei_vrp": ("GigabitEthernet0/0/1", "GigabitEthernet0/0/24"),
        "ruijie_os": ("GigabitEthernet0/1", "GigabitEthernet0/24"),
    }.get(dialect, ("GigabitEthernet1/0/1", "GigabitEthernet1/0/24"))
    if dialect == "huawei_vrp":
        port: Config = {"port link-type access": {}, "port default vlan 30": {}}
        trunk: Config = {"port link-type trunk": {}, "port trunk allow-pass vlan 30": {}}
        rest: Config = {"telnet server enable": {}, "user-interface vty 0 4": {"protocol inbound all": {}}}
    elif dialect == "hp_comware":
        port = {"port access vlan 30": {}, "description old": {}}
        trunk = {"port link-type trunk": {}, "port trunk permit vlan 30": {}}
        rest = {"telnet server enable": {}, "line vty 0 63": {"protocol inbound all": {}}}
    else:
        port = {"switchport access vlan 30": {}, "description old": {}}
        trunk = {"switchport mode trunk": {}, "switchport trunk allowed vlan 30": {}}
        rest = {"ip http server": {}} if dialect == "cisco_ios" else {}
        rest |= {"line vty 0 4": {"transport input all": {}}}
    return {
        "vlan 1": {},
        "vlan 30": {},
        f"interface {first}": port,
        f"interface {last}": trunk,
        "lldp enable" if dialect in ("huawei_vrp", "hp_comware") else "lldp run": {},
        **rest,
    }


def switch(dialect: str, **faults: object) -> Device:
    """Return a simulated switch that runs, and starts with, what it had before Nanxi."""
    return Device(dialect, works(dialect), works(dialect), **faults)  # type: ignore[arg-type]


def job(dialect: str, text: str | None = None, **settings: object) -> SwitchJob:
    """Return a job that wants ``text``, or the usual, of a switch."""
    spoken = DIALECTS[dialect]
    passwords = {"snmp_auth": Secret(SECRET)}
    target = Target("sw01", IPv4Address("127.0.0.1"), 22, 0, "generic", "", (), passwords)
    wanted = tree_of(INTENDED[dialect] if text is None else text, spoken)
    return SwitchJob(target, spoken, wanted, **settings)  # type: ignore[arg-type]


class DeviceClock:
    """The switch's own time, so that its timers end when the run waits for them."""

    def __init__(self, device: Device) -> None:
        self._device = device

    def now(self) -> datetime:
        return self._device.now

    def sleep(self, seconds: float) -> None:
        self._device.sleep(seconds)


def run(device: Device, state: Path, work: SwitchJob, *, check: bool = False, die: object = None) -> Outcome:
    """Converge the simulated switch."""
    around = Surroundings(lambda _: Session(device, die), DeviceClock(device))
    return converge(work, around, state, check=check)


def normal(device: Device, config: Config) -> dict[str, object]:
    """Return a configuration of the simulator in our normal form, for comparison."""
    spoken = DIALECTS[device.dialect]
    return tree_of(printed(device, clone(config)), spoken)
