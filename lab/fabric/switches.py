"""``python -m lab.fabric.switches``: the register's access switches, each on a bridge of its own, until SIGTERM.

Their command lines and SNMP agents stand on their own addresses in the management zones, and what is typed there decides
where the cables in their ports lead, and who may read.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from ansible_collections.nanxi.cctv.plugins.plugin_utils import vault

from lab.fabric import layout, names
from lab.fabric.fabric import Fabric
from lab.fabric.layout import Plug
from lab.snmp.switch import SwitchAgent, Wires
from lab.switches.control import COMMANDS
from lab.switches.device import Switch
from lab.switches.fleet import Fleet, Order
from lab.switches.fleetfile import SwitchFleet, read_switch_file
from lab.switches.links import LinkWatch
from lab.switches.wired import OvsDataPlane
from lab.twin.control import ControlServer
from nanxi.devices.declare import SNMP_AUTH, SNMP_PRIVACY
from nanxi.estate import Estate, load_estate
from nanxi.findings import NanxiError
from nanxi.register.model import Kind

#: The account that a switch is staged with, in the rack, before anything else is configured.
_ACCOUNT = "admin"


def orders(estate: Estate, kinds: SwitchFleet, passwords: Mapping[str, str]) -> Iterator[Order]:
    """Yield what each switch of the register is made of; its data plane comes later."""
    for device in layout.switches(estate):
        plug, kind = layout.of_switch(device, estate.plan), kinds.entry(device.host)
        yield Order(
            host=device.host,
            platform=device.platform,
            address=plug.address,
            gateway=plug.router,
            ports=device.ports,
            uplink=device.uplink,
            vlan=plug.place.zone.vlan,
            user=_ACCOUNT,
            password=passwords[device.host],
            profile=kind.profile,
            quirks=kind.quirks,
            traits=kind.traits,
            uplink_matters=kind.uplink_matters,
        )


def wires(estate: Estate) -> dict[str, dict[str, str]]:
    """Return what is plugged into each switch of the register: the cable's end by the name of the port."""
    found = {
        device.host: {device.uplink: layout.uplink(device)[0]} if device.uplink else {}
        for device in layout.switches(estate)
    }
    plugs: list[Plug] = [*layout.of_twins(estate)]
    for host in layout.hosts(estate):
        plugs += layout.of_host(host, estate.plan)
    for plug in plugs:
        if plug.switch in found:
            found[plug.switch][plug.port] = plug.wire
    return found


def powered(estate: Estate, host: str) -> frozenset[str]:
    """Return the ports of a switch from which a camera takes its power."""
    return frozenset(
        device.switch_port
        for device in estate.devices.values()
        if device.switch == host and device.kind is Kind.CAMERA
    )


async def serve(
    estate: Estate,
    fabric: Fabric,
    found: Sequence[Order],
    known: Mapping[str, Collection[str]],
    *,
    state: Path,
    socket: Path | None,
) -> None:
    """Let every switch answer and carry packets, until SIGTERM; ``known`` are the SNMP passwords of each."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    fleet, cables = Fleet(state), wires(estate)
    planes: list[tuple[Switch, OvsDataPlane]] = []
    for order in found:
        plane = OvsDataPlane(fabric.vswitch, names.bridge(fabric.lab, order.host))
        for port, wire in cables[order.host].items():
            if fabric.has(wire):  # else nobody brought up what hangs there: an empty port
                plane.plug(port, wire)
        planes.append((await fleet.add(replace(order, plane=plane)), plane))
    watch = LinkWatch(fabric.vswitch, planes)
    watching = asyncio.create_task(watch.run())
    await watch.told.wait()
    looked = Wires(fabric.vswitch.wires)
    agents = [
        SwitchAgent(
            switch,
            lambda plane=plane: plane.wires,  # type: ignore[misc]
            looked,
            powered(estate, switch.installation.host),
            bytes.fromhex(estate.devices[switch.installation.host].mac.replace("-", "")),
            known[switch.installation.host],
        )
        for switch, plane in planes
    ]
    for agent in agents:
        agent.start(str(agent.switch.installation.address))
    control = None if socket is None else ControlServer(fleet, socket, COMMANDS)
    if control is not None:
        await control.start()
    print(f"ready: {len(found)} switches", flush=True)
    await ended.wait()
    if control is not None:
        await control.stop()
    for agent in agents:
        agent.stop()
    watching.cancel()
    with suppress(asyncio.CancelledError):
        await watching
    await fleet.stop()


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM; 2 when register, plan or vault are wrong."""
    parser = argparse.ArgumentParser(prog="python -m lab.fabric.switches", description=__doc__)
    parser.add_argument("--inventory", type=Path, required=True)
    parser.add_argument("--lab", required=True, help="name of the lab whose fabric it is")
    parser.add_argument("--ovs", type=Path, required=True, help="folder of the fabric's Open vSwitch")
    parser.add_argument("--state", type=Path, required=True, help="the switches' flash memory")
    parser.add_argument("--control", type=Path, help="unix socket for python -m lab.twin.ctl")
    arguments = parser.parse_args(argv)
    try:
        estate = load_estate(arguments.inventory)
        vault.open_vault(None, ask=False)
        store = vault.store_of(arguments.inventory)
        switches = layout.switches(estate)
        secrets = {device.host: store.passwords(device.unit, device.host) for device in switches}
        passwords = {host: one[_ACCOUNT].value for host, one in secrets.items()}
        known = {
            host: [one[name].value for name in (SNMP_AUTH, SNMP_PRIVACY) if name in one]
            for host, one in secrets.items()
        }
        file = arguments.inventory / "switches.yml"
        kinds = read_switch_file(file, estate.devices) if file.exists() else SwitchFleet()
        found = list(orders(estate, kinds, passwords))
    except (NanxiError, KeyError) as error:
        print(error, file=sys.stderr)
        return 2
    arguments.state.mkdir(parents=True, exist_ok=True)
    tempfile.tempdir = str(arguments.state)  # where pysnmp counts the starts of an SNMP engine
    fabric = Fabric(arguments.lab, arguments.ovs)
    asyncio.run(serve(estate, fabric, found, known, state=arguments.state, socket=arguments.control))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
