"""``python -m lab.switches``: the command lines of every switch of a register until SIGTERM.

They carry nothing: that is what ``python -m lab.fabric.switches`` adds, on the lab's wires.
"""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from lab.switches.control import COMMANDS
from lab.switches.fleet import Fleet
from lab.switches.fleetfile import SwitchFleet, orders, read_switch_file
from lab.twin.control import ControlServer
from nanxi.estate import load_estate
from nanxi.findings import InputError


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab.switches", description=__doc__)
    parser.add_argument("--inventory", type=Path, required=True, help="folder with plan/ and register/")
    parser.add_argument("--register", type=Path, help="register elsewhere than in the inventory")
    parser.add_argument(
        "--fleet", type=Path, help="fleet file, default: switches.yml of the inventory if there is one"
    )
    parser.add_argument("--state", type=Path, help="folder of the flash memories")
    parser.add_argument("--control", type=Path, help="unix socket for python -m lab.twin.ctl")
    parser.add_argument("--port", type=int, default=22, help="of SSH")
    parser.add_argument("--bind", help="address to listen at; the switches' own by default")
    return parser.parse_args(argv)


async def _serve(arguments: argparse.Namespace) -> None:
    estate = load_estate(arguments.inventory, arguments.register)
    default = arguments.inventory / "switches.yml"
    file = arguments.fleet or (default if default.exists() else None)
    config = SwitchFleet() if file is None else read_switch_file(file, estate.devices)
    wanted = [
        replace(order, port=arguments.port, listen=arguments.bind or "")
        for order in orders(estate.devices, estate.plan.addresses, config)
    ]
    fleet = Fleet(arguments.state)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await fleet.start(wanted)
    control = ControlServer(fleet, arguments.control, COMMANDS) if arguments.control else None
    if control is not None:
        await control.start()
    print(f"ready: {len(fleet.switches)} switches", flush=True)
    await ended.wait()
    if control is not None:
        await control.stop()
    await fleet.stop()


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM; 2 when register, plan or fleet file are wrong."""
    try:
        asyncio.run(_serve(_arguments(argv)))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
