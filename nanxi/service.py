"""What every program that systemd runs shares: its options, its exit codes, and how it is told to end."""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from nanxi.findings import InputError, NanxiError

Config = TypeVar("Config")


def main(
    module: str, description: str | None, load: Callable[[Path | None], Config], run: Callable[[Config], None]
) -> int:
    """Load the file that ``--config`` names, or the usual one, and run; with ``--check`` only load it.

    Args:
        module: as it stands behind ``python -m``.
        description: for ``--help``.
        load: raises InputError with every mistake of the file.
        run: until the service ends; may raise NanxiError.

    Returns:
        1: it could not go on, 2: the configuration is wrong; the reason is on standard error.
    """
    parser = argparse.ArgumentParser(prog=f"python -m {module}", description=description)
    parser.add_argument("--config", type=Path, metavar="FILE")
    parser.add_argument("--check", action="store_true", help="only say whether the configuration is right")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        config = load(arguments.config)
        if not arguments.check:
            run(config)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except NanxiError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def ending() -> asyncio.Event:
    """Return an event that SIGTERM and SIGINT set, for the loop that runs."""
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    return ended
