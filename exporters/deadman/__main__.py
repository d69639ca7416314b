"""``python -m exporters.deadman``: the switch as a process, for systemd or by hand."""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys

from exporters.deadman.app import Deadman
from exporters.deadman.config import load
from exporters.web.serving import access_of, add_arguments, served
from nanxi.findings import NanxiError
from nanxi.service import ending


def main() -> int:
    """Serve until SIGTERM; 2 when a file is wrong or the address cannot be served on."""
    parser = argparse.ArgumentParser(
        prog="python -m exporters.deadman",
        description="Calls a person when the monitoring falls silent. Runs on a host that shares nothing with it; "
        "exporters/deadman.example.yml explains every option.",
    )
    add_arguments(parser, 9742)
    arguments = parser.parse_args()
    logging.basicConfig(level=arguments.level.upper(), format="%(levelname)s %(name)s: %(message)s")
    try:
        return asyncio.run(_serve(arguments))
    except NanxiError as error:
        print(f"deadman: {error}", file=sys.stderr)
        return 2


async def _serve(arguments: argparse.Namespace) -> int:
    config, access = load(arguments.config), access_of(arguments.web)
    if arguments.check:
        print(f"beats {', '.join(config.beats)}; tells by {config.notify[0]}")
        return 0
    ended = ending()
    async with served(Deadman(config).app(access), arguments.listen, access, arguments.web):
        await ended.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())
