"""``make demo``: two small units from factory-new devices to declared state, told step by step.

Every step runs what a person would type, and is checked: the demo ends with exit code 1 when the lab did not behave
as the text says.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.panel import Panel

from lab.lifecycle import Lab
from lab.twin.ctl import call

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / ".lab"
INVENTORY = ROOT / "inventory/lab"
CONTROL = FOLDER / "run/twin.sock"
SUMMARY = FOLDER / "summary.json"

#: What the lab's three bad cameras must be reported as; inventory/lab/twins.yml makes them so.
DEAD, LYING, LOCKING = "oubei-cam0003", "shangtang-cam0007", "shangtang-cam0003"
ALTERED = "shangtang-cam0009"
#: One encoder with four analog cameras and one recorder with eight channels in each unit.
OTHERS = {"shangtang-enc01", "shangtang-nvr01", "oubei-enc01", "oubei-nvr01"}

out = Console(highlight=False)


class DemoError(Exception):
    """The lab did not behave as the demo says."""


def main() -> int:
    """Run every step; 0 when each behaved as told."""
    lab = Lab(name="nanxi-lab", folder=FOLDER, inventory=INVENTORY)
    step("1", "a fresh lab: 26 cameras of six makes, 2 encoders and 2 recorders, as they left the works")
    lab.down()
    for stale in ("twins", "state"):
        shutil.rmtree(FOLDER / stale, ignore_errors=True)
    lab.up()
    out.print(str(lab.status()))

    step("2", "converge: survey each kind, then make every device that differs as declared")
    first = playbook("playbooks/site.yml", "--diff", "--limit", "shangtang-cam0001")
    expect(first, changed={"shangtang-cam0001"})
    first = playbook("playbooks/site.yml")
    expect(first, bad={DEAD: "unreachable", LYING: "not_applied", LOCKING: "refused"})
    if idle := sorted(host for host in OTHERS if first.get(host) != "changed"):
        raise DemoError(f"encoders and recorders that were not set up: {idle}")

    step("3", "run it again: nothing changes, and the camera that refused our password is not asked again")
    before = counts(LOCKING)
    second = playbook("playbooks/site.yml")
    expect(second, changed=set(), bad={DEAD: "unreachable", LYING: "not_applied", LOCKING: "locked"})
    if counts(LOCKING) != before:
        raise DemoError(f"{LOCKING} was contacted although the lock-out guard holds it")

    step("4", f"somebody alters {ALTERED} behind Ansible's back; exactly that one is repaired")
    call(CONTROL, "patch", ALTERED, section="hostname", value={"name": "hacked"})
    third = playbook("playbooks/site.yml", "--diff")
    expect(third, changed={ALTERED}, bad={DEAD: "unreachable", LYING: "not_applied", LOCKING: "locked"})

    out.print(
        Panel(
            "\n".join(
                [
                    "The lab is still up. Look around:",
                    f"  {typed('.venv/bin/ansible-inventory', '-i', 'inventory/lab', '--graph')}",
                    f"  {inside('.venv/bin/ansible-playbook', '-i', 'inventory/lab', 'playbooks/cameras.yml', '--check', '--diff')}",
                    f"  {inside('.venv/bin/ansible-playbook', '-i', 'inventory/lab', 'playbooks/nvrs.yml', '--limit', 'oubei', '-e', 'device_state=gathered')}",
                    f"  {inside('scripts/onvif', '--inventory', 'inventory/lab', ALTERED, 'devicemgmt', 'GetHostname')}",
                    f"  {inside('ffprobe', '-rtsp_transport', 'tcp', 'rtsp://…')}",
                    "  docs/architecture.md, docs/playbooks.md, docs/twin.md",
                    "End it with: make lab-down",
                ]
            ),
            title="done",
        )
    )
    return 0


def step(number: str, text: str) -> None:
    """Announce a step."""
    out.rule(f"[bold]{number}. {text}", align="left")


def typed(*command: str) -> str:
    """Return a command as a person would type it."""
    return shlex.join(command)


def inside(*command: str) -> str:
    """Return how a person runs ``command`` in the lab's network."""
    return typed("sudo", ".venv/bin/python", "-m", "lab", "exec", "--", *command)


def playbook(*arguments: str) -> Mapping[str, str]:
    """Run a playbook in the lab and return the verdict of every device it reported."""
    command = (".venv/bin/ansible-playbook", "-i", "inventory/lab", *arguments)
    out.print(f"[bold]$ {inside(*command)}")
    SUMMARY.unlink(missing_ok=True)
    subprocess.run(
        [sys.executable, "-m", "lab", "exec", "--", *command],
        cwd=ROOT,
        env={
            **os.environ,
            "NANXI_SUMMARY_FILE": str(SUMMARY),
            "ANSIBLE_FORCE_COLOR": "1" if out.is_terminal else "0",
        },
        check=False,  # three cameras are meant to fail
    )
    if not SUMMARY.exists():
        raise DemoError("the playbook ended before it reported anything")
    verdicts: dict[str, str] = json.loads(SUMMARY.read_text(encoding="utf-8"))["devices"]
    return verdicts


def expect(
    verdicts: Mapping[str, str], *, changed: set[str] | None = None, bad: Mapping[str, str] | None = None
) -> None:
    """Check what a run reported.

    Raises:
        DemoError: another device was changed or failed, or one of these was not.
    """
    found_bad = {
        host: verdict for host, verdict in verdicts.items() if verdict not in ("changed", "declared")
    }
    found_changed = {host for host, verdict in verdicts.items() if verdict == "changed"}
    if changed is not None and found_changed != changed:
        raise DemoError(f"changed: {sorted(found_changed)}, expected: {sorted(changed)}")
    if found_bad != dict(bad or {}):
        raise DemoError(f"not as declared: {found_bad}, expected: {dict(bad or {})}")


def counts(host: str) -> object:
    """Return how often each operation of a twin was asked."""
    return call(CONTROL, "counts", host)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DemoError as error:
        out.print(f"[red]demo: {error}")
        sys.exit(1)
