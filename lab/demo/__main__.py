"""``make demo``: two small units from staged hosts and factory-new devices to declared state, told step by step.

Every step runs what a person would type, and is checked: the demo ends with exit code 1 when the lab did not behave
as the text says. A chapter is a module whose ``tell`` runs its steps; they build on each other in this order.
"""

from __future__ import annotations

import argparse
import shutil
import sys

from rich.panel import Panel

from lab.demo import converge, health, isolation, recorders
from lab.demo.names import FOLDER, INVENTORY
from lab.demo.stage import DemoError, Stage, inside, out, step
from lab.lifecycle import Lab, LabError
from lab.zoned import ZonedLab

CHAPTERS = {
    "converge": converge.tell,
    "isolation": isolation.tell,
    "recorders": recorders.tell,
    "health": health.tell,
}


def main() -> int:
    """Run every chapter; 0 when each behaved as told."""
    parser = argparse.ArgumentParser(prog="python -m lab.demo", description=__doc__)
    parser.add_argument(
        "--only",
        choices=CHAPTERS,
        help="this chapter alone, in the lab that is up already: who works on the demo",
    )
    parser.add_argument("--name", default="nanxi-lab", help="of the lab (default: %(default)s)")
    arguments = parser.parse_args()
    lab = ZonedLab(name=arguments.name, folder=FOLDER, inventory=INVENTORY)
    stage = Stage(lab)
    if arguments.only:
        CHAPTERS[arguments.only](stage)
        return 0
    step(
        "a fresh lab: 26 cameras of six makes, encoders, recorders, switches and Linux hosts, in their zones"
    )
    Lab(name=arguments.name, folder=FOLDER, inventory=INVENTORY).down()
    lab.down()
    for stale in ("twins", "state", "hosts", "switches"):
        shutil.rmtree(FOLDER / stale, ignore_errors=True)
    lab.up()
    out.print(str(lab.status()))
    for tell in CHAPTERS.values():
        tell(stage)
    out.print(Panel("\n".join(_what_now()), title="done"))
    return 0


def _what_now() -> list[str]:
    playbook = (".venv/bin/ansible-playbook", "-i", "inventory/lab")
    altered = converge.ALTERED
    return [
        "The lab is still up. Look around:",
        "  .venv/bin/ansible-inventory -i inventory/lab --graph",
        f"  {inside(*playbook, 'playbooks/cameras.yml', '--check', '--diff')}",
        f"  {inside(*playbook, 'playbooks/nvrs.yml', '--limit', 'oubei', '-e', 'device_state=gathered', at='public')}",
        f"  {inside('scripts/onvif', '--inventory', 'inventory/lab', altered, 'devicemgmt', 'GetHostname')}",
        f"  {inside('ping', '-c', '3', '10.98.1.2', at='shangtang/viewing')}",
        "  .lab/report/zones/zones.html: the matrix for those who sign it",
        "  docs/architecture.md, docs/playbooks.md, docs/lab.md, docs/zones.md, docs/twin.md",
        "End it with: make lab-down",
    ]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (DemoError, LabError) as error:
        out.print(f"[red]demo: {error}", markup=True)
        sys.exit(1)
