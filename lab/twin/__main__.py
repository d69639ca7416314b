"""``python -m lab.twin``: impersonate every camera of a register until SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from lab.twin.control import ControlServer
from lab.twin.fleet import Fleet
from lab.twin.fleetfile import FleetConfig, read_fleet_file
from lab.twin.profile import make_of
from nanxi.estate import load_estate
from nanxi.findings import InputError


def _arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m lab.twin", description=__doc__)
    parser.add_argument("--inventory", type=Path, required=True, help="folder with plan/ and register/")
    parser.add_argument("--register", type=Path, help="register elsewhere than in the inventory")
    parser.add_argument(
        "--fleet", type=Path, help="fleet file, default: twins.yml of the inventory if there is one"
    )
    parser.add_argument("--state", type=Path, help="folder that keeps the twins' settings over restarts")
    parser.add_argument("--control", type=Path, help="unix socket for python -m lab.twin.ctl")
    parser.add_argument(
        "--bind",
        choices=("wildcard", "each"),
        default="wildcard",
        help="one socket per port for all addresses (needs them routed here), or one for each address",
    )
    parser.add_argument(
        "--rtsp", action=argparse.BooleanOptionalAction, default=True, help="serve streams too"
    )
    parser.add_argument(
        "--discovery", action=argparse.BooleanOptionalAction, default=True, help="answer WS-Discovery too"
    )
    return parser.parse_args(argv)


def _open_files() -> None:
    # A survey keeps a connection to each of 5,286 twins; the usual soft limit is 1,024.
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _serve(arguments: argparse.Namespace) -> None:
    estate = load_estate(arguments.inventory, arguments.register)
    default = arguments.inventory / "twins.yml"
    file = arguments.fleet or (default if default.exists() else None)
    makes = {host: make_of(device) for host, device in estate.devices.items()}
    config = FleetConfig() if file is None else read_fleet_file(file, makes)
    fleet = Fleet(estate.devices.values(), config, arguments.state, addressing=estate.plan.addresses)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    await fleet.start(arguments.bind, rtsp=arguments.rtsp, discovery=arguments.discovery)
    control = ControlServer(fleet, arguments.control) if arguments.control else None
    if control is not None:
        await control.start()
    print(f"ready: {len(fleet.installations)} twins", flush=True)
    await ended.wait()
    if control is not None:
        await control.stop()
    await fleet.stop()


def main(argv: Sequence[str] | None = None) -> int:
    """Run until SIGTERM; 2 when register, plan or fleet file are wrong."""
    _open_files()
    try:
        uvloop.run(_serve(_arguments(argv)))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
