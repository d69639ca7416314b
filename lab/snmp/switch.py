"""The SNMP agent of a switch twin: its ports, links, stations and counters as they are now."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from lab.snmp.agent import Follows, Login, SnmpTwin, Value
from lab.snmp.login import login_of, trap_hosts
from lab.snmp.objects import profile
from lab.snmp.ports import Port, tables
from lab.switches.device import Switch
from lab.switches.ovs import Wire

#: By dialect: the profile of what is the same in all switches of a system, and the ifIndex of their first port.
_SYSTEMS = {
    "huawei_vrp": ("vrp", 5),
    "hp_comware": ("comware", 1),
    "cisco_ios": ("ios", 10101),
    "ruijie_os": ("ruijie", 1),
}
#: Light that the uplink's module receives, by the profile of VRP: ifIndex 28 is port 24.
_VRP_LIGHT, _VRP_LIGHT_INDEX = "1.3.6.1.4.1.2011.5.25.31.1.1.3.1.8.67108873", 28
_VRP_SECOND_SUPPLY = "1.3.6.1.4.1.2011.5.25.31.1.1.18.1.6.0.2"
_DARKNESS = -4000  # 0.01 dBm
_TRAP_OID = "1.3.6.1.6.3.1.1.4.1.0"
_LINK_DOWN, _LINK_UP = "1.3.6.1.6.3.1.1.5.3", "1.3.6.1.6.3.1.1.5.4"
_HUAWEI_ENTERPRISE = 2011


class Wires:
    """The interfaces of all switches, asked for at most once a second."""

    def __init__(self, ask: Callable[[], Mapping[str, Wire]]) -> None:
        self._ask = ask
        self._asked = float("-inf")
        self._seen: Mapping[str, Wire] = {}

    def __call__(self) -> Mapping[str, Wire]:
        """Return them."""
        if time.monotonic() - self._asked >= 1:
            self._seen, self._asked = self._ask(), time.monotonic()
        return self._seen


@dataclass
class SwitchAgent:
    """What the agent of one switch knows.

    Args:
        switch: the twin.
        wired: the interface in each port that has one.
        wires: all interfaces.
        powered: ports that feed a camera.
        mac: its card.
        known: passwords that may be behind the hashes of the configuration.
    """

    switch: Switch
    wired: Callable[[], Mapping[str, str]]
    wires: Callable[[], Mapping[str, Wire]]
    powered: Collection[str] = ()
    mac: bytes = bytes.fromhex("00e0fc000001")
    known: Collection[str] = field(default=(), repr=False)
    port: int = 161
    trap_port: int = 162
    twin: SnmpTwin | None = None

    def start(self, address: str) -> None:
        """Answer at an address; in a running event loop."""
        engine_id = bytes.fromhex(f"{0x80000000 + _HUAWEI_ENTERPRISE:08x}03{self.mac.hex()}")
        self.twin = SnmpTwin(
            address,
            self.port,
            Follows(self.objects),
            Login(community=""),
            engine_id=engine_id,
            answers=self._answers,
        )
        self.switch.observers.append(self._tell)

    def stop(self) -> None:
        """Close the socket."""
        if self.twin is not None:
            self.twin.stop()

    def objects(self) -> dict[str, Value]:
        """Return everything that the switch tells now."""
        switch, wires, wired = self.switch, self.wires(), self.wired()
        ports = [
            Port(
                state.name,
                state.up,
                switch.has_link(state),
                self._ticks(switch.turned.get(state.name)),
                wires[wired[state.name]].counters if wired.get(state.name) in wires else None,
            )
            for state in switch.ports()
        ]
        name, first_index = _SYSTEMS[switch.profile.dialect]
        objects = {
            **profile(name),
            "1.3.6.1.2.1.1.3.0": ("ticks", self._ticks(switch.clock.now())),
            "1.3.6.1.2.1.1.5.0": switch.dialect.hostname(switch.running),
            **tables(
                ports,
                switch.learned(),
                self.powered,
                self.mac,
                first_index=first_index,
                huawei=name == "vrp",
            ),
        }
        if _VRP_SECOND_SUPPLY in objects:
            objects[_VRP_SECOND_SUPPLY] = 1  # the profile's is out of order, for the tests of the exporter
        lit = [port.link for number, port in enumerate(ports, first_index) if number == _VRP_LIGHT_INDEX]
        if _VRP_LIGHT in objects and lit != [True]:
            objects[_VRP_LIGHT] = _DARKNESS
        return objects

    def _answers(self, source: str) -> bool:
        """Return whether a request gets through to the agent; who may ask is looked up on the way."""
        login = None
        if self.switch.answer(IPv4Address(source)) != "silent" and not self.switch.booting:
            login = login_of(self.switch.running, self.switch.dialect, self.known)
        if login is None or self.twin is None:
            return False
        self.twin.let_in(login)
        return True

    def _tell(self, port: str, up: bool) -> None:
        """Send linkDown or linkUp (RFC 2863) to whom the configuration names, while that lets packets out."""
        names = [state.name for state in self.switch.ports()]
        index = names.index(port) + _SYSTEMS[self.switch.profile.dialect][1]
        for host in trap_hosts(self.switch.running, self.switch.dialect):
            if self.twin is None or not self._answers(host):
                continue
            objects: list[tuple[str, Value]] = [
                ("1.3.6.1.2.1.1.3.0", ("ticks", self._ticks(self.switch.clock.now()))),
                (_TRAP_OID, ("oid", _LINK_UP if up else _LINK_DOWN)),
                (f"1.3.6.1.2.1.2.2.1.1.{index}", index),
                (f"1.3.6.1.2.1.2.2.1.8.{index}", 1 if up else 2),
            ]
            self.twin.notify((host, self.trap_port), objects)

    def _ticks(self, when: float | None) -> int:
        """Return hundredths of a second since the switch started, as sysUpTime counts."""
        return 0 if when is None else max(0, round((when - self.switch.up_since) * 100)) % 2**32
