"""What the demo does to the lab, each as a person would type it, and what it must then see."""

from __future__ import annotations

import itertools
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from lab.twin.ctl import call
from lab.zoned import ZonedLab
from nanxi.register.model import Kind

ROOT = Path(__file__).resolve().parents[2]
#: Each network has its own control node: no host but the sharing gateway has a foot in both.
NETWORKS = ("police", "public")
GOOD = {"changed", "declared"}

out = Console(highlight=False)
_numbers = itertools.count(1)


class DemoError(Exception):
    """The lab did not behave as the demo says."""


def step(text: str) -> None:
    """Announce the next step."""
    out.rule(f"[bold]{next(_numbers)}. {text}", align="left")


def inside(*command: str, at: str = "police") -> str:
    """Return how a person runs ``command`` in the lab's network."""
    place = () if at == "police" else ("--at", at)
    return shlex.join(["sudo", ".venv/bin/python", "-m", "lab", "exec", *place, "--", *command])


class Stage:
    """A lab that is up, and the inventory that is played."""

    def __init__(self, lab: ZonedLab, inventory: str = "inventory/lab") -> None:
        self.lab = lab
        self.inventory = inventory
        self.summary = lab.folder / "summary.json"

    def devices(
        self, playbook: str, *arguments: str, limit: str = "", networks: tuple[str, ...] = ()
    ) -> dict[str, str]:
        """Run a playbook on the control nodes of ``networks`` (both), each of which takes what is in its network.

        Returns:
            The verdict of every Linux host that was looked at, and of every device that was not as declared.

        Raises:
            DemoError: it ended before it reported anything.
        """
        verdicts: dict[str, str] = {}
        for network in networks or self._networks(playbook, limit):
            self.summary.unlink(missing_ok=True)
            limited = (*arguments, "--limit", limit) if limit else arguments
            code = self._play(
                playbook, *limited, at=network, environment={"NANXI_SUMMARY_FILE": str(self.summary)}
            )
            told: dict[str, str] = {}
            if self.summary.exists():
                told = json.loads(self.summary.read_text(encoding="utf-8"))["devices"]
            if code and not set(told.values()) - GOOD:
                raise DemoError(
                    f"{playbook} on the control node of {network}: exit code {code}, and no host or device says why"
                )
            verdicts |= told
        return verdicts

    def hosts(
        self, playbook: str, *arguments: str, limit: str = "", networks: tuple[str, ...] = ()
    ) -> set[str]:
        """Run a playbook over Linux hosts as :meth:`devices` does; return the hosts that it changed.

        Raises:
            DemoError: a host failed or was not reached.
        """
        verdicts = self.devices(playbook, *arguments, limit=limit, networks=networks)
        if bad := {host: verdict for host, verdict in verdicts.items() if verdict not in GOOD}:
            raise DemoError(f"{playbook}: {bad}")
        return {host for host, verdict in verdicts.items() if verdict == "changed"}

    def on(
        self, host: str, *command: str, check: bool = True, terminal: bool = False
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a Linux host, over SSH from the control node of its network; as in a ``terminal`` of a person.

        Raises:
            DemoError: it failed, and ``check`` is set.
        """
        device = self.lab.hosts.devices[host]
        options = (*self.lab.hosts.keys.options(10), *(("-tt",) if terminal else ()))
        ssh = ("ssh", *options, f"root@{device.ipv4}", *command)
        enter = self.lab.stations.at(device.network).enter
        done = subprocess.run(
            [*enter, *ssh], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if check and done.returncode:
            raise DemoError(f"{host}: {' '.join(command)}: exit code {done.returncode}\n{done.stderr}")
        return done

    def zones(self) -> list[str]:
        """Prove the isolation with packets, print the matrix, and return every difference.

        Raises:
            DemoError: it measured nothing.
        """
        report = self.lab.folder / "report" / "zones"
        shutil.rmtree(report, ignore_errors=True)
        command = ["scripts/accept", "--inventory", self.inventory, "zones"]
        command += ["--spots", str(self.lab.folder / "spots.yml"), "--report", str(report)]
        out.print(f"[bold]$ sudo {shlex.join(command)}")
        subprocess.run(command, cwd=ROOT, check=False)
        file = report / "zones.json"
        if not file.exists():
            raise DemoError("scripts/accept zones wrote no report")
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["probes_not_started"]:
            raise DemoError(f"probes that did not start: {told['probes_not_started']}")
        return [str(difference) for difference in told["differences"]]

    def type(self, switch: str, *lines: str) -> None:
        """Type at a switch's console, behind everybody's back."""
        out.print(f"[bold]{switch}>[/bold] " + "; ".join(lines))
        call(self.lab.folder / "run" / "switches.sock", "type", switch, lines=list(lines))

    def answers(self, address: str, at: str) -> bool:
        """Return whether somebody answers to ping from a place."""
        ping = ("ping", "-q", "-c", "3", "-i", "0.2", "-W", "1", address)
        return (
            subprocess.run(
                [*self.lab.stations.at(at).enter, *ping], capture_output=True, check=False
            ).returncode
            == 0
        )

    def _networks(self, playbook: str, limit: str) -> tuple[str, ...]:
        """Return the networks in which a run has anything to do: Ansible takes no host at all for a mistake."""
        devices = self.lab.estate.devices
        named = [devices[name].network for name in limit.split(",") if name in devices]
        if "switches" in playbook:
            named = [device.network for device in devices.values() if device.kind is Kind.SWITCH]
        return tuple(network for network in NETWORKS if network in named) if named else NETWORKS

    def _play(self, playbook: str, *arguments: str, at: str, environment: Mapping[str, str]) -> int:
        command = (".venv/bin/ansible-playbook", "-i", self.inventory, playbook, *arguments)
        out.print(f"[bold]$ {inside(*command, at=at)}")
        place = ("--name", self.lab.name, "--folder", str(self.lab.folder))
        return subprocess.run(
            [sys.executable, "-m", "lab", *place, "exec", "--at", at, "--", *command],
            cwd=ROOT,
            env={**os.environ, "ANSIBLE_FORCE_COLOR": "1" if out.is_terminal else "0", **environment},
            check=False,  # three cameras are meant to fail
        ).returncode


def without_flow(inventory: Path, flow: str, copy: Path) -> None:
    """Make a copy of an inventory whose policy lacks one flow; register and passwords are the same ones.

    Raises:
        DemoError: the policy has no such flow.
    """
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(inventory / "plan", copy / "plan")
    for path in inventory.iterdir():
        if path.name != "plan":
            (copy / path.name).symlink_to(path.resolve())
    flows = copy / "plan" / "flows.yml"
    kept = [
        line for line in flows.read_text("utf-8").splitlines(keepends=True) if f"key: {flow}," not in line
    ]
    if "".join(kept) == flows.read_text("utf-8"):
        raise DemoError(f"{flows} has no flow {flow} on a line of its own")
    flows.write_text("".join(kept), "utf-8")


def expect(
    verdicts: Mapping[str, str], *, changed: set[str] | None = None, bad: Mapping[str, str] | None = None
) -> None:
    """Check what a run reported.

    Raises:
        DemoError: another device was changed or failed, or one of these was not.
    """
    found_bad = {host: verdict for host, verdict in verdicts.items() if verdict not in GOOD}
    found_changed = {host for host, verdict in verdicts.items() if verdict == "changed"}
    if changed is not None and found_changed != changed:
        raise DemoError(f"changed: {sorted(found_changed)}, expected: {sorted(changed)}")
    if found_bad != dict(bad or {}):
        raise DemoError(f"not as declared: {found_bad}, expected: {dict(bad or {})}")
