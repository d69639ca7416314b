"""``python -m lab.bench [NAME]``: run inside ``python -m lab sandbox`` (make bench does)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from lab.bench import fleet, gate, inventory, nvrs, poller, recordings, snmp, switches, zones
from lab.bench.county import BenchCounty
from lab.bench.measure import BenchError

NAMES = (
    "inventory",
    "fleet",
    "nvrs",
    "switches",
    "zones",
    "recordings",
    "gate",
    "recorders",
    "poller",
    "snmp",
)


def main() -> int:
    """Run the chosen benchmarks; 1 when a measured command failed, so that no figure is printed for it."""
    parser = argparse.ArgumentParser(prog="python -m lab.bench", description=__doc__)
    parser.add_argument("which", nargs="?", choices=NAMES, help="default: all")
    parser.add_argument("--size", type=int, default=5286, help="cameras of the synthetic county")
    parser.add_argument("--playbook", type=int, default=500, help="how many of them Ansible converges")
    parser.add_argument("--recorders", type=int, default=200, help="recorders of 16 channels")
    parser.add_argument("--switches", type=int, default=200, help="switches of 48 ports")
    parser.add_argument("--probes", type=int, default=10_000, help="random probes between zones")
    parser.add_argument("--files", type=int, default=1_000_000, help="segment files to reconcile")
    parser.add_argument("--recorded", type=int, default=100, help="cameras that ffmpeg records")
    parser.add_argument("--interval", type=float, default=60, help="seconds between the poller's rounds")
    parser.add_argument("--agents", type=int, default=1000, help="SNMP agents")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nanxi-bench-") as folder:
        county = BenchCounty(Path(folder))
        chosen = {arguments.which} if arguments.which else set(NAMES)
        try:
            if chosen & {"inventory", "fleet", "poller"}:
                county.make(arguments.size)
            if "inventory" in chosen:
                inventory.bench(county)
            if "fleet" in chosen:
                fleet.bench(county, arguments.playbook)
            if "nvrs" in chosen:
                nvrs.bench(Path(folder), arguments.recorders)
            if "switches" in chosen:
                switches.bench(Path(folder), arguments.switches)
            if "zones" in chosen:
                zones.bench(arguments.probes)
            if "recordings" in chosen:
                recordings.bench(Path(folder), arguments.files)
            if "gate" in chosen:
                gate.bench_gate(Path(folder))
            if "recorders" in chosen:
                gate.bench_recorders(Path(folder), arguments.recorded)
            if "poller" in chosen:
                poller.bench(county, arguments.interval, streams=100)
            if "snmp" in chosen:
                snmp.bench(Path(folder), arguments.agents)
        except BenchError as error:
            print(f"bench: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
