"""Serve an application under systemd until it is told to end."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sdnotify
from aiohttp import web

from exporters.web import toolkit
from nanxi.findings import NanxiError

_WATCHDOG_S = 10.0


def add_arguments(parser: argparse.ArgumentParser, port: int) -> None:
    """Add the options that all of Prometheus's exporters have."""
    parser.add_argument("--config.file", dest="config", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--web.listen-address",
        dest="listen",
        default=f"127.0.0.1:{port}",
        metavar="ADDRESS:PORT",
        help="where to serve (default: %(default)s; name the network's address to let others in from outside)",
    )
    parser.add_argument(
        "--web.config.file",
        dest="web",
        type=Path,
        metavar="FILE",
        help="TLS and passwords, as in all of Prometheus's exporters; see exporters/web.example.yml",
    )
    parser.add_argument(
        "--log.level", dest="level", default="info", choices=["debug", "info", "warning", "error"]
    )
    parser.add_argument("--check", action="store_true", help="read every file, say what is wrong, and end")


def access_of(path: Path | None) -> toolkit.WebConfig:
    """Return the web configuration, an empty one without a file.

    Raises:
        InputError: the file is wrong.
    """
    return toolkit.load(path) if path else toolkit.WebConfig()


@asynccontextmanager
async def served(
    app: web.Application, listen: str, access: toolkit.WebConfig, web_file: Path | None
) -> AsyncIterator[None]:
    """Serve ``app`` while the block runs, and tell systemd that the event loop turns.

    Raises:
        NanxiError: the address cannot be served on.
    """
    host, _, port = listen.rpartition(":")
    if not port.isdigit() or not host:
        raise NanxiError(f"--web.listen-address {listen}: write ADDRESS:PORT")
    tls = toolkit.tls(access, web_file.parent) if web_file else None
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host.strip("[]"), int(port), ssl_context=tls).start()
        except OSError as error:
            raise NanxiError(f"cannot serve on {host}:{port}: {error.strerror}") from None
        system = sdnotify.SystemdNotifier()
        system.notify("READY=1")
        turning = asyncio.create_task(_watchdog(system))
        yield
        turning.cancel()
    finally:
        await runner.cleanup()


async def _watchdog(system: sdnotify.SystemdNotifier) -> None:
    """Tell systemd that the event loop still turns (WatchdogSec)."""
    while True:
        system.notify("WATCHDOG=1")
        await asyncio.sleep(_WATCHDOG_S)
