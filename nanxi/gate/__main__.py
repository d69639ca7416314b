"""``python -m nanxi.gate --config FILE``: the gate as a systemd service (``Type=notify``, ``WatchdogSec=``)."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import sys
from pathlib import Path

import sdnotify
import uvloop

from nanxi.findings import InputError
from nanxi.gate.config import GateConfig, load
from nanxi.gate.gate import Gate
from nanxi.service import ending

_LOG = logging.getLogger("nanxi.gate")


def main() -> int:
    """Serve until SIGTERM; SIGHUP reads the configuration anew. 2: the configuration is wrong."""
    parser = argparse.ArgumentParser(prog="python -m nanxi.gate", description=__doc__)
    parser.add_argument(
        "--config", type=Path, required=True, metavar="FILE", help="YAML or JSON, see docs/gate.md"
    )
    parser.add_argument("--check", action="store_true", help="only say whether the configuration is right")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        config = load(arguments.config)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    if not arguments.check:
        uvloop.run(_serve(arguments.config, config))
    return 0


async def _serve(path: Path, config: GateConfig) -> None:
    ended, again = ending(), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, again.set)
    gate = Gate(config)
    await gate.start()
    systemd = sdnotify.SystemdNotifier()
    systemd.notify("READY=1")
    helpers = [asyncio.create_task(_reloading(path, gate, again)), asyncio.create_task(_alive(systemd))]
    await ended.wait()
    systemd.notify("STOPPING=1")
    for helper in helpers:
        helper.cancel()
    await asyncio.gather(*helpers, return_exceptions=True)
    await gate.stop()


async def _reloading(path: Path, gate: Gate, again: asyncio.Event) -> None:
    while True:
        await again.wait()
        again.clear()
        try:
            await gate.reload(load(path))
        except InputError as error:
            _LOG.error("the old configuration stays: %s", error)


async def _alive(systemd: sdnotify.SystemdNotifier) -> None:
    """Tell systemd twice in its watchdog's time that the loop turns."""
    every_s = int(os.environ.get("WATCHDOG_USEC", "0")) / 2e6
    while every_s:
        with contextlib.suppress(OSError):
            systemd.notify("WATCHDOG=1")
        await asyncio.sleep(every_s)


if __name__ == "__main__":
    sys.exit(main())
