"""Switch twins of a benchmark: ``python -m lab.bench.switch_site PORT COUNT`` serves them on 127.78.x.y.

Also what both clients are told of them: 48 ports, 46 of them with a camera.
"""

from __future__ import annotations

import asyncio
import logging
import sys
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from lab.switches.fleet import Fleet, Order
from nanxi.devices.driver import Credential, Secret, Target
from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.intent import AccessPort, Acl, Intent, Rule, TrunkPort, Vlan, numbered
from nanxi.devices.switch.job import SwitchJob
from nanxi.devices.switch.reading import tree_of
from nanxi.devices.switch.render import render

PLATFORM, PORTS, PREFIX = "hp_comware", 48, "GigabitEthernet1/0/"
PASSWORD = "Bench-2008-x"  # noqa: S105 - of a twin
_SECRETS = {"snmp_auth": Secret("Auth-12345678"), "snmp_privacy": Secret("Priv-12345678")}
_CAMERAS, _CORE = IPv4Network("10.98.0.128/25"), IPv4Network("10.98.255.0/26")


def address(number: int) -> str:
    """Return where a twin stands."""
    return f"127.78.{number // 250}.{number % 250 + 1}"


def configuration(number: int) -> str:
    """Return what is intended for a switch, as text; secrets are placeholders."""
    rules = {Rule("udp", _CAMERAS, _CORE, target_port=port) for port in (123, 162, 5060)}
    rules |= {Rule("tcp", _CAMERAS, _CORE, source_port=port, established=True) for port in (80, 554)}
    cameras = Acl("NX-CAMERAS-POLICE", 3110, numbered(rules))
    ssh, snmp = (
        Acl(f"NX-{name}", acl, numbered({Rule("ip", _CORE)})) for name, acl in (("SSH", 2010), ("SNMP", 2011))
    )
    intent = Intent(
        host=f"sw{number:03}",
        vlans=(Vlan(110, "cameras-police"), Vlan(140, "management")),
        acls=(cameras,),
        access=tuple(
            AccessPort(f"{PREFIX}{port}", f"cam{port:04}", 110, f"44-19-B6-00-00-{port:02X}", isolated=True, acl=cameras)
            for port in range(1, PORTS - 1)
        ),
        trunks=(TrunkPort(f"{PREFIX}{PORTS}", "uplink", (110, 140)),),
        ntp=(IPv4Address("10.98.255.2"),),
        ssh=ssh,
        snmp=snmp,
    )  # fmt: skip
    return render(intent, DIALECTS[PLATFORM])


def job(port: int, number: int) -> SwitchJob:
    """Return what there is to do about a switch."""
    dialect = DIALECTS[PLATFORM]
    credential = Credential("admin", Secret(PASSWORD))
    target = Target(
        f"sw{number:03}", IPv4Address(address(number)), port, 0, "h3c", "", (credential,), _SECRETS
    )
    return SwitchJob(target, dialect, tree_of(configuration(number), dialect))


async def serve(port: int, count: int) -> None:
    """Serve until the process is ended."""
    logging.getLogger("asyncssh").setLevel(logging.ERROR)
    fleet = Fleet()
    await fleet.start(
        Order(
            host=f"sw{number:03}",
            platform=PLATFORM,
            address=IPv4Interface("10.98.0.66/26"),
            listen=address(number),
            port=port,
            ports=PORTS,
            uplink=f"{PREFIX}{PORTS}",
            password=PASSWORD,
            gateway=IPv4Address("10.98.0.65"),
            controller=IPv4Address("10.98.255.10"),
        )
        for number in range(count)
    )
    print("ready", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
