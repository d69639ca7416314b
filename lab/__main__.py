"""``python -m lab``: bring the lab up and down, look at it, and run commands in its network."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from lab import sandbox
from lab.fabric.fabric import FabricError
from lab.lifecycle import Lab, LabError
from lab.netns import NamespaceError
from lab.network import ROOT
from lab.proof.spots import laptops
from lab.zoned import ZonedLab

_HINTS = """Look around (as root):
  .venv/bin/python -m lab exec -- COMMAND                              any command in the lab's network
  .venv/bin/python -m lab.twin.ctl {folder}/run/twin.sock --help       alter, break and count the twins
  {folder}/log/                                                        what the lab's processes say
End it: make lab-down"""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit code 0: done, or the lab is up; 1: it is not, with the reason; 2: usage."""
    arguments = _parser().parse_args(argv)
    command: list[str] = getattr(arguments, "command", [])
    if arguments.verb == "sandbox":
        (sandbox.run_furnished if arguments.furnish else sandbox.run)(command)
    place = {"name": arguments.name, "folder": arguments.folder, "inventory": arguments.inventory}
    lab = (
        Lab(**place)
        if arguments.flat
        else ZonedLab(**place, access_switches=not arguments.no_access_switches)
    )
    try:
        if arguments.verb == "exec":
            return _exec(lab, arguments)
        if arguments.verb == "accept":
            return _accept(lab, command)
        if arguments.verb in ("plug", "unplug"):
            return _cable(lab, arguments)
        if arguments.verb == "up":
            lab.up()
        elif arguments.verb == "down":
            lab.down()
        status = lab.status()
    except (FabricError, LabError, NamespaceError) as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1
    print(status)
    if arguments.verb == "up":
        print(_HINTS.format(folder=lab.folder))
    return 0 if arguments.verb == "down" or status.is_up else 1


def _exec(lab: Lab | ZonedLab, arguments: argparse.Namespace) -> int:
    if isinstance(lab, Lab):
        return lab.exec(arguments.command)
    if arguments.instead_of:
        return lab.exec_instead_of(arguments.instead_of, arguments.command)
    return lab.exec(arguments.command, arguments.at)


def _accept(lab: Lab | ZonedLab, arguments: list[str]) -> int:
    if isinstance(lab, Lab):
        raise LabError("a lab without zones proves nothing about them; say --zones")
    script = [str(ROOT / "scripts/accept"), "--inventory", str(lab.inventory)]
    with laptops(lab) as spots:
        return subprocess.run([*script, "zones", "--spots", str(spots), *arguments], check=False).returncode


def _cable(lab: Lab | ZonedLab, arguments: argparse.Namespace) -> int:
    if isinstance(lab, Lab):
        raise LabError("a lab without zones has no cables; say --zones")
    act = lab.unplug if arguments.verb == "unplug" else lab.plug
    name = act(arguments.device, arguments.port)
    print(f"{name}: {'its cable is out' if arguments.verb == 'unplug' else 'plugged in'}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description=__doc__)
    parser.add_argument("--name", default="nanxi-lab", help="network namespace (default: %(default)s)")
    parser.add_argument("--folder", type=Path, default=Path(".lab"), help="state, process ids and logs")
    parser.add_argument(
        "--inventory", type=Path, default=Path("inventory/lab"), help="whose devices have twins"
    )
    parser.add_argument(
        "--flat",
        action="store_true",
        help="no zones, switches or Linux hosts: all devices in one namespace, for tests of scale",
    )
    parser.add_argument("--no-access-switches", action="store_true", help=argparse.SUPPRESS)
    verbs = parser.add_subparsers(
        dest="verb", required=True, metavar="up|down|status|exec|unplug|plug|accept|sandbox"
    )
    verbs.add_parser("up", help="bring the lab up; what is up already stays as it is (root)")
    verbs.add_parser("down", help="end everything and leave nothing behind but state and logs (root)")
    verbs.add_parser("status", help="what is up; exit code 1 when something is not (root)")
    inside = verbs.add_parser("exec", help="run a command in the lab's network (root)")
    inside.add_argument(
        *("--at", "-a"),
        metavar="PLACE",
        default="police",
        help="police (default) or public: the control node of that network; a Linux host; a zone: core, shangtang/viewing",
    )
    inside.add_argument(
        "--instead-of",
        metavar="DEVICE",
        help="on a laptop that is plugged into the port of this camera for as long as CMD runs",
    )
    inside.add_argument("command", nargs="+", metavar="CMD")
    accept = verbs.add_parser(
        "accept", help="scripts/accept zones from a laptop in every zone and in the ports of cameras (root)"
    )
    accept.add_argument("command", nargs="*", metavar="OPTION", help="after --: --report DIR, --how plain")
    for verb, text in (("unplug", "pull a cable out (root)"), ("plug", "put a cable in again (root)")):
        cable = verbs.add_parser(verb, help=text)
        cable.add_argument("device", metavar="HOST|SWITCH", help="whose cable; a switch's is its uplink")
        cable.add_argument("--port", default="", help="of the switch: what is plugged in there instead")
    apart = verbs.add_parser(
        "sandbox", help="run a command in an anonymous network like the lab's, without twins"
    )
    apart.add_argument("--furnish", action="store_true", help=argparse.SUPPRESS)
    apart.add_argument("command", nargs="+", metavar="CMD")
    return parser


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(128 + 2)
    except BrokenPipeError:
        os._exit(1)
