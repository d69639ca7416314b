"""``python -m exporters``: one exporter process, for systemd or by hand."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys

import uvloop

from exporters import config as configuration
from exporters.services import Services
from exporters.web.app import Exporter
from exporters.web.serving import access_of, add_arguments, served
from nanxi.findings import NanxiError
from nanxi.service import ending

_LOG = logging.getLogger("exporters")


def main() -> int:
    """Parse the arguments and serve until SIGTERM; SIGHUP reads register and credentials anew."""
    parser = argparse.ArgumentParser(
        prog="python -m exporters",
        description="Health of cameras, recorders, switches and recordings for Prometheus. Options of the configuration "
        "file are explained in exporters/example.yml, metrics in docs/metrics.md.",
    )
    add_arguments(parser, 9741)
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
    config = configuration.load(arguments.config)
    access = access_of(arguments.web)
    services = Services(config)
    exporter = Exporter(config, services)
    if arguments.check:
        print(f"{len(services.devices())} devices, modules {', '.join(config.modules)}")
        return 0
    async with served(exporter.app(access), arguments.listen, access, arguments.web):
        _LOG.info("serving on %s", arguments.listen)
        await _until_told(exporter)
    return 0


async def _until_told(exporter: Exporter) -> None:
    """Wait for SIGTERM or SIGINT; reload at SIGHUP."""
    ended, reloads = ending(), set()

    def reload() -> None:
        task = asyncio.create_task(exporter.reload())
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, reload)
    await ended.wait()


if __name__ == "__main__":
    sys.exit(main())
