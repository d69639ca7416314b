"""``python -m lab.bench [NAME]``: run inside ``python -m lab sandbox`` (make bench does)."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from lab.bench import (
    alerting,
    dashboards,
    fleet,
    gate,
    inventory,
    kills,
    nvrs,
    poller,
    recorders,
    recordings,
    snmp,
    switches,
    zones,
)
from lab.bench.county import BenchCounty
from lab.bench.measure import BenchError

Arguments = argparse.Namespace

#: Each gets an empty folder of its own, in which it may have a county made, and the options.
BENCHES: dict[str, Callable[[BenchCounty, Arguments], None]] = {
    "inventory": lambda county, options: inventory.bench(county.sized(options.size)),
    "fleet": lambda county, options: fleet.bench(county.sized(options.size), options.playbook),
    "nvrs": lambda county, options: nvrs.bench(county.folder, options.recorders),
    "switches": lambda county, options: switches.bench(county.folder, options.switches),
    "zones": lambda _, options: zones.bench(options.probes),
    "recordings": lambda county, options: recordings.bench(county.folder, options.files),
    "kills": lambda county, options: kills.bench(county.folder, options.kills),
    "gate": lambda county, _: gate.bench(county.folder),
    "recorders": lambda county, options: recorders.bench(county.folder, options.recorded),
    "poller": lambda county, options: poller.bench(
        county.sized(options.size), options.interval, options.rounds
    ),
    "alerting": lambda _, options: alerting.bench(options.losses, options.hours),
    "snmp": lambda county, options: snmp.bench(county.folder, options.agents),
    "dashboards": lambda county, options: dashboards.bench(county.folder, options.size, options.past),
}


def main() -> int:
    """Run the chosen benchmarks; 1 when a measured command failed, so that no figure is printed for it."""
    parser = argparse.ArgumentParser(prog="python -m lab.bench", description=__doc__)
    parser.add_argument("which", nargs="?", choices=BENCHES, help="default: all")
    parser.add_argument("--size", type=int, default=5286, help="cameras of the synthetic county")
    parser.add_argument("--playbook", type=int, default=500, help="how many of them Ansible converges")
    parser.add_argument("--recorders", type=int, default=200, help="recorders of 16 channels")
    parser.add_argument("--switches", type=int, default=200, help="switches of 48 ports")
    parser.add_argument("--probes", type=int, default=10_000, help="random probes between zones")
    parser.add_argument("--files", type=int, default=1_000_000, help="segment files to reconcile")
    parser.add_argument("--recorded", type=int, default=100, help="cameras that ffmpeg records")
    parser.add_argument("--kills", type=int, default=200, help="recorders that are killed at each rate")
    parser.add_argument("--interval", type=float, default=60, help="seconds between the poller's rounds")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of the poller that are measured")
    parser.add_argument("--losses", type=int, default=1000, help="cameras that are lost, simulated")
    parser.add_argument("--hours", type=float, default=24, help="of a bad network, simulated")
    parser.add_argument("--past", type=float, default=2, help="hours that the dashboards show")
    parser.add_argument("--agents", type=int, default=1000, help="SNMP agents")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nanxi-bench-") as folder:
        for name in (options.which,) if options.which else tuple(BENCHES):
            (Path(folder) / name).mkdir()
            try:
                BENCHES[name](BenchCounty(Path(folder) / name), options)
            except BenchError as error:
                print(f"bench: {error}", file=sys.stderr)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
