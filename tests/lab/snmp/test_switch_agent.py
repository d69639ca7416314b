"""The SNMP agent of a switch twin tells what the switch is doing, to whom its configuration lets in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Any

import pytest

from exporters.snmp.access import SnmpAccess
from exporters.traps.receiver import TrapReceiver
from lab.snmp.switch import SwitchAgent
from lab.switches.dataplane import Learned
from lab.switches.fleet import Order, build
from lab.switches.ovs import Wire
from lab.switches.session import Session
from nanxi.devices.driver import Secret
from nanxi.devices.errors import RefusedError, UnreachableError
from nanxi.devices.snmp.access import KeyRing, UserAccess
from nanxi.devices.snmp.client import Limits, connect
from nanxi.devices.snmp.read import Poll, read
from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.intent import intend
from nanxi.devices.switch.render import render
from nanxi.devices.switch.secrets import filled
from nanxi.estate import load_estate

HOME = "127.0.0.1"
INVENTORY = Path(__file__).parents[3] / "inventory/lab"
AUTH, PRIV = "Auth-12345678", "Priv-12345678"
CAMERA = Learned("44:19:b6:00:00:01", 1, "")
#: How one comes to where a system is configured.
ENTER = {
    "huawei_vrp": ["system-view"],
    "hp_comware": ["system-view"],
    "cisco_ios": ["enable", "configure terminal"],
    "ruijie_os": ["enable", "configure terminal"],
}
ESTATE = load_estate(INVENTORY)


def snmp_lines(platform: str, auth: str, priv: str, told: tuple[IPv4Address, ...] = ()) -> list[str]:
    """Return what the project's templates say of SNMP."""
    intent = replace(intend(ESTATE, "shangtang-sw01"), traps=told)
    secrets = {"snmp_auth": Secret(auth), "snmp_privacy": Secret(priv)}
    lines = (filled(line, secrets) for line in render(intent, DIALECTS[platform]).splitlines())
    return [line for line in lines if line.startswith(("snmp", "enable service snmp"))]


class Bench:
    """A switch with an agent, whose wires are the test's."""

    def __init__(self, platform: str, *, uplink_matters: bool) -> None:
        order = Order("sw", platform, IPv4Interface(f"{HOME}/8"), ports=24, uplink_matters=uplink_matters)
        self.switch = build(order)
        self.ports = [port.name for port in self.switch.ports()]
        self.wired = {name: f"w{number}" for number, name in enumerate(self.ports[:24])}
        self.wires = {wire: Wire(True, {"rx_bytes": 5_000_000_000}) for wire in self.wired.values()}
        self.agent = SwitchAgent(
            self.switch,
            lambda: self.wired,
            lambda: self.wires,
            powered=self.ports[:1],
            known=(AUTH, PRIV),
            port=0,
        )
        self._keys = KeyRing()

    async def type(self, *lines: str) -> list[str]:
        session = Session(self.switch, -1, "console", IPv4Address(HOME))
        return [said for line in lines for said in await session.carry_out(line, 0)]

    async def let_in(self, auth: str = AUTH, priv: str = PRIV, told: tuple[IPv4Address, ...] = ()) -> None:
        platform = self.switch.profile.dialect
        said = await self.type(*ENTER[platform], *snmp_lines(platform, auth, priv, told))
        assert not [line for line in said if "rror" in line or line.startswith("%")], said

    @property
    def engine(self) -> bytes | None:
        """What the polls found."""
        return self._keys.engine("sw")

    async def poll(self, auth: str = AUTH) -> dict[tuple[str, str], float]:
        """Return every point by its name and port."""
        access = UserAccess.model_validate(
            {"version": "3", "user": "nanxi", "auth_password": auth, "priv_password": PRIV}
        )
        assert self.agent.twin is not None
        where = (IPv4Address(HOME), self.agent.twin.port)
        agent = await connect("sw", *where, access=access, keys=self._keys, limits=Limits(1, 0))
        state = await read(agent, Poll(stations={"44-19-B6-00-00-01": "shangtang-cam0001"}))
        return {
            (name, dict(labels).get("port", "")) + ((s,) if (s := dict(labels).get("station")) else ()): value
            for name, labels, value in state.points
        }


@asynccontextmanager
async def bench(platform: str, *, uplink_matters: bool = False) -> AsyncIterator[Bench]:
    made = Bench(platform, uplink_matters=uplink_matters)
    await made.switch.boot()
    made.agent.start(HOME)
    try:
        yield made
    finally:
        made.agent.stop()
        made.switch.stop()


@pytest.mark.parametrize("platform", ENTER)
async def test_ports_stations_and_power_are_as_they_are(platform: str) -> None:
    async with bench(platform) as made:
        await made.let_in()
        first, second = made.ports[:2]
        made.switch.heard.append(Learned(CAMERA.mac, 1, first))
        made.switch.links(set(made.ports[24:]))
        told: dict[Any, float] = await made.poll()
        assert {told["port_up", name] for name in made.ports[:24]} == {1.0}
        assert told["port_station_info", first, "shangtang-cam0001"] == 1
        assert told["port_receive_bytes_total", first] == 5_000_000_000
        assert (told["port_poe_delivering", first], told["port_poe_delivering", second]) == (1, 0)
        # The cable of the first port is pulled out.
        made.switch.links({first, *made.ports[24:]})
        made.agent.twin.objects._looked = float("-inf")  # type: ignore[union-attr]
        told = await made.poll()
        assert (told["port_up", first], told["port_admin_up", first], told["port_up", second]) == (0, 1, 1)
        assert told["port_poe_delivering", first] == 0
        assert made.switch.log[-1].endswith(f"{first}: link down")


async def test_a_switch_that_nobody_has_configured_says_nothing() -> None:
    async with bench("huawei_vrp") as made:
        with pytest.raises(UnreachableError):
            await made.poll()
        await made.let_in()
        assert await made.poll()
        await made.type("system-view", "undo snmp-agent")
        with pytest.raises(UnreachableError):
            await made.poll()


async def test_another_key_is_refused_and_the_new_one_taken() -> None:
    async with bench("huawei_vrp") as made:
        await made.let_in(auth="Typed-by-hand1")
        with pytest.raises(RefusedError):
            await made.poll()
        await made.let_in()
        assert await made.poll()


async def test_without_its_uplink_it_is_silent() -> None:
    async with bench("huawei_vrp", uplink_matters=True) as made:
        await made.let_in()
        assert await made.poll()
        made.switch.links(())
        made.switch.links({made.switch.installation.uplink})
        with pytest.raises(UnreachableError):
            await made.poll()
        made.switch.links(())
        assert await made.poll()


@pytest.mark.parametrize("platform", ENTER)
async def test_a_link_that_goes_and_comes_is_told_to_the_county(platform: str) -> None:
    """As the templates configure it, to a receiver that knows of the engine what the polls found."""
    async with bench(platform) as made:
        await made.let_in()
        device = ESTATE.devices["shangtang-sw01"].model_copy(update={"ipv4": IPv4Address(HOME)})
        user = {"version": "3", "user": "nanxi", "auth_password": AUTH, "priv_password": PRIV}
        access = SnmpAccess.model_validate({"default": user})
        receiver = TrapReceiver(HOME, 0, lambda: {device.host: device}, access, engine=lambda _: made.engine)
        task = asyncio.create_task(receiver.run())
        try:
            await made.poll()
            made.agent.trap_port = receiver.port
            made.switch.links(())
            made.switch.links({made.ports[2]})  # nobody is to be told yet
            await made.let_in(told=(IPv4Address(HOME),))
            made.switch.links(())
            made.switch.links({made.ports[2]})
            made.switch.links({made.ports[2], made.ports[3]})
            await asyncio.sleep(0.5)
            told = {
                one.labels[5:]: one.value
                for one in receiver.samples()
                if one.signal.name == "nanxi_traps_total"
            }
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        assert told == {("linkUp", "trap"): 1, ("linkDown", "trap"): 2}
