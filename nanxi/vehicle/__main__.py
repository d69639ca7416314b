"""``python -m nanxi.vehicle``: the uploader of a vehicle's host, as a systemd service."""

from __future__ import annotations

import argparse
import logging
import os
import sys
from pathlib import Path

from nanxi.findings import InputError, NanxiError
from nanxi.vehicle.agent import Agent
from nanxi.vehicle.config import load_board


def main() -> int:
    """Upload until the process is ended. 1: another one runs, 2: the configuration is wrong."""
    parser = argparse.ArgumentParser(prog="python -m nanxi.vehicle", description=__doc__)
    parser.add_argument("--config", type=Path, metavar="FILE")
    parser.add_argument("--check", action="store_true", help="only say whether the configuration is right")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s", stream=sys.stderr)
    try:
        config = load_board(arguments.config)
        if not arguments.check:
            os.umask(0o027)
            Agent(config).run()
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except NanxiError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
