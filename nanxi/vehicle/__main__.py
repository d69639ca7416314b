"""``python -m nanxi.vehicle``: the uploader of a vehicle's host, as a systemd service."""

from __future__ import annotations

import os
import sys

from nanxi import service
from nanxi.vehicle.agent import Agent
from nanxi.vehicle.config import BoardConfig, load_board


def main() -> int:
    """Upload until the process is ended. 1: another one runs, 2: the configuration is wrong."""
    return service.main("nanxi.vehicle", __doc__, load_board, _run)


def _run(config: BoardConfig) -> None:
    os.umask(0o027)
    Agent(config).run()


if __name__ == "__main__":
    sys.exit(main())
