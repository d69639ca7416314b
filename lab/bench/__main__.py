"""``python -m lab.bench [inventory|fleet]``: run inside ``python -m lab sandbox`` (make bench does)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from lab.bench import fleet, inventory
from lab.bench.county import BenchCounty
from lab.bench.measure import BenchError


def main() -> int:
    """Run the chosen benchmarks; 1 when a measured command failed, so that no figure is printed for it."""
    parser = argparse.ArgumentParser(prog="python -m lab.bench", description=__doc__)
    parser.add_argument("which", nargs="?", choices=["inventory", "fleet"], help="default: both")
    parser.add_argument("--size", type=int, default=5286, help="cameras of the synthetic county")
    parser.add_argument("--playbook", type=int, default=500, help="how many of them Ansible converges")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nanxi-bench-") as folder:
        county = BenchCounty(Path(folder))
        county.make(arguments.size)
        try:
            if arguments.which != "fleet":
                inventory.bench(county)
            if arguments.which != "inventory":
                fleet.bench(county, arguments.playbook)
        except BenchError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
