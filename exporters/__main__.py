"""``python -m exporters``: one exporter process, for systemd or by hand."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from pathlib import Path

import sdnotify
import uvloop
from aiohttp import web

from exporters import config as configuration
from exporters.services import Services
from exporters.web import toolkit
from exporters.web.app import Exporter
from nanxi.findings import NanxiError

_LOG = logging.getLogger("exporters")
_WATCHDOG_S = 10.0


def main() -> int:
    """Parse the arguments and serve until SIGTERM; SIGHUP reads register and credentials anew."""
    parser = argparse.ArgumentParser(
        prog="python -m exporters",
        description="Health of cameras, recorders, switches and recordings for Prometheus. Options of the configuration "
        "file are explained in exporters/example.yml, metrics in docs/metrics.md.",
    )
    parser.add_argument("--config.file", dest="config", type=Path, required=True, metavar="FILE")
    parser.add_argument(
        "--web.listen-address",
        dest="listen",
        default="127.0.0.1:9741",
        metavar="ADDRESS:PORT",
        help="where to serve (default: %(default)s; name the network's address to let Prometheus in from outside)",
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
    arguments = parser.parse_args()
    logging.basicConfig(level=arguments.level.upper(), format="%(levelname)s %(name)s: %(message)s")
    try:
        return uvloop.run(serve(arguments))
    except NanxiError as error:
        print(f"exporters: {error}", file=sys.stderr)
        return 2


async def serve(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT.

    Raises:
        NanxiError: a file is wrong, or the address cannot be served on.
    """
    host, _, port = arguments.listen.rpartition(":")
    if not port.isdigit() or not host:
        raise NanxiError(f"--web.listen-address {arguments.listen}: write ADDRESS:PORT")
    config = configuration.load(arguments.config)
    access = toolkit.load(arguments.web) if arguments.web else toolkit.WebConfig()
    tls = toolkit.tls(access, arguments.web.parent) if arguments.web else None
    services = Services(config)
    exporter = Exporter(config, services)
    if arguments.check:
        print(f"{len(services.devices())} devices, modules {', '.join(config.modules)}")
        return 0
    runner = web.AppRunner(exporter.app(access), access_log=None)
    await runner.setup()
    try:
        await _listen(runner, host.strip("[]"), int(port), tls)
        _LOG.info("serving on %s", arguments.listen)
        system = sdnotify.SystemdNotifier()
        system.notify("READY=1")
        turning = asyncio.create_task(_watchdog(system))
        await _until_told(exporter)
        turning.cancel()
    finally:
        await runner.cleanup()
    return 0


async def _listen(runner: web.AppRunner, host: str, port: int, tls: object) -> None:
    try:
        await web.TCPSite(runner, host, port, ssl_context=tls).start()  # type: ignore[arg-type]
    except OSError as error:
        raise NanxiError(f"cannot serve on {host}:{port}: {error.strerror}") from None


async def _watchdog(system: sdnotify.SystemdNotifier) -> None:
    """Tell systemd that the event loop still turns (WatchdogSec)."""
    while True:
        system.notify("WATCHDOG=1")
        await asyncio.sleep(_WATCHDOG_S)


async def _until_told(exporter: Exporter) -> None:
    """Wait for SIGTERM or SIGINT; reload at SIGHUP."""
    loop, ended, reloads = asyncio.get_running_loop(), asyncio.Event(), set()

    def reload() -> None:
        task = asyncio.create_task(exporter.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    loop.add_signal_handler(signal.SIGHUP, reload)
    await ended.wait()


if __name__ == "__main__":
    sys.exit(main())
