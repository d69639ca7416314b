"""``python -m lab.snmp --inventory DIR``: an SNMP agent for every device of a register that has one, on its own address.

Run it in the lab's network namespace. All share one community and one user, which are the lab's and nobody's secret.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path

from lab.snmp.agent import Login, SnmpTwin
from lab.snmp.objects import objects_of
from nanxi.estate import load_estate
from nanxi.register.model import Kind

LOGIN = Login("nanxi-lab", "nanxi", "lab-auth-password", "lab-priv-password")


async def serve(inventory: Path, kinds: frozenset[Kind], port: int) -> None:
    """Serve until cancelled."""
    estate = load_estate(inventory)
    twins = [
        SnmpTwin(str(device.ipv4), port, objects_of(device, estate), LOGIN)
        for device in estate.devices.values()
        if device.kind in kinds and device.ipv4 is not None and device.touchable
    ]
    print(f"ready: {len(twins)} SNMP agents", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """Parse the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m lab.snmp", description=__doc__)
    parser.add_argument("--inventory", type=Path, required=True, help="folder with plan/ and register/")
    parser.add_argument(
        "--kinds", nargs="+", type=Kind, default=[Kind.SWITCH, Kind.NVR], help="default: switches nvrs"
    )
    parser.add_argument("--port", type=int, default=161)
    arguments = parser.parse_args()
    asyncio.run(serve(arguments.inventory, frozenset(arguments.kinds), arguments.port))


if __name__ == "__main__":
    main()
