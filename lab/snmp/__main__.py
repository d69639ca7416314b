"""``python -m lab.snmp --inventory DIR``: an SNMP agent for every device of a register that has one, on its own address.

Run it in the lab's network namespace. All share one community and one user, which are the lab's and nobody's secret.
With ``--control`` it answers for the recorders alone: they tell the disks that their twins have, and let in who has the
vault's keys, as if the installer had typed them in.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.nanxi.cctv.plugins.plugin_utils import vault

from lab.snmp.agent import Follows, Login, SnmpTwin
from lab.snmp.objects import objects_of
from lab.snmp.recorder import objects_now
from lab.twin.ctl import call
from nanxi.credentials.snmp import access
from nanxi.estate import Estate, load_estate
from nanxi.findings import NanxiError
from nanxi.register.model import Kind, Nvr

LOGIN = Login("nanxi-lab", "nanxi", "lab-auth-password", "lab-priv-password")


def fixed(estate: Estate, kinds: frozenset[Kind], port: int) -> list[SnmpTwin]:
    """Start agents that tell what the register says."""
    return [
        SnmpTwin(str(device.ipv4), port, objects_of(device, estate), LOGIN)
        for device in estate.devices.values()
        if device.kind in kinds and device.ipv4 is not None and device.touchable
    ]


def recorders(estate: Estate, logins: dict[str, Login], control: Path, port: int) -> Iterator[SnmpTwin]:
    """Start agents that tell what the recorder twins have."""
    for host, login in logins.items():
        device = estate.devices[host]
        assert isinstance(device, Nvr), "logins_of returns recorders"

        def look(device: Nvr = device) -> dict[str, object]:
            return objects_now(device, estate, call(control, "get", device.host, section="disks")["disks"])

        mac = bytes.fromhex(device.mac.replace("-", "")) or bytes(6)
        engine_id = bytes.fromhex("80003a8c03") + mac
        yield SnmpTwin(str(device.ipv4), port, Follows(look), login, engine_id=engine_id)  # type: ignore[arg-type]


def logins_of(estate: Estate, inventory: Path) -> dict[str, Login]:
    """Return who may ask which recorder, from the vault.

    Raises:
        NanxiError: the vault does not open, or lacks one of them.
    """
    vault.open_vault(None, ask=False)
    store = vault.store_of(inventory)
    found = {}
    for device in estate.devices.values():
        if isinstance(device, Nvr) and device.ipv4 is not None and device.touchable:
            asked = access(device, store.passwords(device.unit, device.host))
            if asked is not None:
                found[device.host] = Login(
                    "",
                    asked["user"],
                    asked["auth_password"],
                    asked["priv_password"],
                    asked["auth"],
                    asked["priv"],
                )
    return found


async def serve(arguments: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    estate = load_estate(arguments.inventory)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    if arguments.control:
        logins = logins_of(estate, arguments.inventory)
        twins = list(recorders(estate, logins, arguments.control, arguments.port))
    else:
        twins = fixed(estate, frozenset(arguments.kinds), arguments.port)
    print(f"ready: {len(twins)} SNMP agents", flush=True)
    await ended.wait()
    for twin in twins:
        twin.stop()


def main() -> int:
    """Parse the arguments and serve; 2 when register, plan or vault are wrong."""
    parser = argparse.ArgumentParser(prog="python -m lab.snmp", description=__doc__)
    parser.add_argument("--inventory", type=Path, required=True, help="folder with plan/ and register/")
    parser.add_argument(
        "--kinds", nargs="+", type=Kind, default=[Kind.SWITCH, Kind.NVR], help="default: switches nvrs"
    )
    parser.add_argument("--port", type=int, default=161)
    parser.add_argument(
        "--control", type=Path, help="unix socket of python -m lab.twin: recorders alone, as they are"
    )
    parser.add_argument("--state", type=Path, help="where starts of the SNMP engines are counted")
    arguments = parser.parse_args()
    if arguments.state:
        arguments.state.mkdir(parents=True, exist_ok=True)
        tempfile.tempdir = str(arguments.state)
    try:
        asyncio.run(serve(arguments))
    except NanxiError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
