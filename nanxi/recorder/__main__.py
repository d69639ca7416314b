"""``python -m nanxi.recorder``: the keeper of one host, as a systemd service (``Type=notify``, ``WatchdogSec=``)."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys

import sdnotify

from nanxi import service
from nanxi.recorder.config import RecorderConfig, load
from nanxi.recorder.keeper import Keeper


def main() -> int:
    """Keep until SIGTERM. 1: the index cannot be opened, 2: the configuration is wrong."""
    return service.main("nanxi.recorder", __doc__, load, lambda config: asyncio.run(_keep(config)))


async def _keep(config: RecorderConfig) -> None:
    systemd = sdnotify.SystemdNotifier()
    task = asyncio.current_task()
    assert task is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    alive = asyncio.create_task(_alive(systemd))
    with contextlib.suppress(asyncio.CancelledError):
        await Keeper(config).run(lambda: systemd.notify("READY=1"))
    alive.cancel()


async def _alive(systemd: sdnotify.SystemdNotifier) -> None:
    """Tell systemd twice in its watchdog's time that the loop turns."""
    every_s = int(os.environ.get("WATCHDOG_USEC", "0")) / 2e6
    while every_s:
        systemd.notify("WATCHDOG=1")
        await asyncio.sleep(every_s)


if __name__ == "__main__":
    sys.exit(main())
