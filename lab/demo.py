"""``make demo``: two small units from staged hosts and factory-new devices to declared state, told step by step.

Every step runs what a person would type, and is checked: the demo ends with exit code 1 when the lab did not behave
as the text says.
"""

from __future__ import annotations

import shutil
import sys

from rich.panel import Panel

from lab.lifecycle import Lab, LabError
from lab.stage import ROOT, DemoError, Stage, expect, inside, out, step, without_flow
from lab.twin.ctl import call
from lab.zoned import ZonedLab

FOLDER = ROOT / ".lab"
INVENTORY = ROOT / "inventory/lab"
CONTROL = FOLDER / "run/twin.sock"
ALTERED_PLAN = FOLDER / "inventory-without-a-flow"

#: What the lab's three bad cameras must be reported as; inventory/lab/twins.yml makes them so.
DEAD, LYING, LOCKING = "oubei-cam0003", "shangtang-cam0007", "shangtang-cam0003"
BAD = {DEAD: "unreachable", LYING: "not_applied", LOCKING: "refused"}
BAD_AGAIN = BAD | {LOCKING: "locked"}
ALTERED = "shangtang-cam0009"
#: One encoder with four analog cameras and one recorder with eight channels in each unit.
OTHERS = {"shangtang-enc01", "shangtang-nvr01", "oubei-enc01", "oubei-nvr01"}
SWITCHES = {"shangtang-sw01", "oubei-sw01"}
#: The switch, the port and the address of the police camera whose VLAN somebody alters by hand.
SWITCH, PORT, CAMERA = "shangtang-sw01", "GigabitEthernet0/0/5", "10.98.0.130"
FLOW = "watch_police"
#: These switches cannot take a change back by themselves: whoever changes them says so by name.
UNARMED = ("-e", "switch_allow_unarmed=true")


def main() -> int:
    """Run every step; 0 when each behaved as told."""
    lab = ZonedLab(name="nanxi-lab", folder=FOLDER, inventory=INVENTORY)
    stage = Stage(lab)
    step(
        1,
        "a fresh lab: 26 cameras of six makes, encoders, recorders, switches and Linux hosts, in their zones",
    )
    Lab(name="nanxi-lab", folder=FOLDER, inventory=INVENTORY).down()
    lab.down()
    for stale in ("twins", "state", "hosts", "switches"):
        shutil.rmtree(FOLDER / stale, ignore_errors=True)
    lab.up()
    out.print(str(lab.status()))

    step(
        2, "the network: gateways by the flow table, on trial until confirmed; switches by register and plan"
    )
    stage.hosts("playbooks/gateways.yml")
    expect(stage.devices("playbooks/switches.yml", *UNARMED), changed=SWITCHES)

    step(3, "the devices: survey each kind, then make every device that differs as declared")
    expect(
        stage.devices("playbooks/site.yml", "--diff", limit="shangtang-cam0001"),
        changed={"shangtang-cam0001"},
    )
    first = stage.devices("playbooks/site.yml")
    expect(first, bad=BAD)
    if idle := sorted(host for host in OTHERS if first.get(host) != "changed"):
        raise DemoError(f"encoders and recorders that were not set up: {idle}")

    step(4, "run it again: nothing changes, and the camera that refused our password is not asked again")
    before = counts(LOCKING)
    expect(stage.devices("playbooks/site.yml"), changed=set(), bad=BAD_AGAIN)
    if counts(LOCKING) != before:
        raise DemoError(f"{LOCKING} was contacted although the lock-out guard holds it")
    expect(stage.devices("playbooks/switches.yml"), changed=set())
    if changed := stage.hosts("playbooks/gateways.yml"):
        raise DemoError(f"a second run changed {sorted(changed)}")

    step(5, f"somebody alters {ALTERED} behind Ansible's back; exactly that one is repaired")
    call(CONTROL, "patch", ALTERED, section="hostname", value={"name": "hacked"})
    expect(stage.devices("playbooks/site.yml", "--diff"), changed={ALTERED}, bad=BAD_AGAIN)

    step(6, "two networks, provably apart: packets from inside every zone, expected and measured")
    if differences := stage.zones():
        raise DemoError("differences:\n" + "\n".join(differences))

    step(7, "one VLAN is altered by hand on a switch: found, shown as a diff, repaired")
    altered_vlan(stage)

    step(8, f"the flow {FLOW} is taken out of the policy: exactly that path closes, and opens again")
    removed_flow(stage)

    out.print(Panel("\n".join(_what_now()), title="done"))
    return 0


def altered_vlan(stage: Stage) -> None:
    """Move a police camera into the public network by hand, and let the playbook find it.

    Raises:
        DemoError: it was not found, or not repaired.
    """
    stage.type(SWITCH, "system-view", f"interface {PORT}", "port default vlan 210", "return")
    if stage.answers(CAMERA, at="police"):
        raise DemoError(f"{CAMERA} still answers although its port leads elsewhere")
    expect(stage.devices("playbooks/switches.yml", "--check", "--diff"), bad={SWITCH: "drifted"})
    expect(stage.devices("playbooks/switches.yml", "--diff", *UNARMED), changed={SWITCH})
    if not stage.answers(CAMERA, at="police"):
        raise DemoError(f"{CAMERA} does not answer although its switch is as declared")


def removed_flow(stage: Stage) -> None:
    """Take one flow out of the policy, prove what that closes, and put it back.

    Raises:
        DemoError: something else closed, or it stayed open.
    """
    without_flow(INVENTORY, FLOW, ALTERED_PLAN)
    altered = Stage(stage.lab, str(ALTERED_PLAN.relative_to(ROOT)))
    altered.hosts("playbooks/gateways.yml", limit="role_gateway")
    closed = stage.zones()
    out.print("\n".join(closed))
    strange = [line for line in closed if "/viewing" not in line or "/recording" not in line]
    if len(closed) != 2 or strange:  # the same path in each of the two units
        raise DemoError(f"expected the path from viewing to recording in two units, found {closed}")
    stage.hosts("playbooks/gateways.yml", limit="role_gateway")
    if differences := stage.zones():
        raise DemoError("differences after the flow was put back:\n" + "\n".join(differences))


def counts(host: str) -> object:
    """Return how often each operation of a twin was asked."""
    return call(CONTROL, "counts", host)


def _what_now() -> list[str]:
    playbook = (".venv/bin/ansible-playbook", "-i", "inventory/lab")
    return [
        "The lab is still up. Look around:",
        "  .venv/bin/ansible-inventory -i inventory/lab --graph",
        f"  {inside(*playbook, 'playbooks/cameras.yml', '--check', '--diff', '--limit', 'network_police')}",
        f"  {inside(*playbook, 'playbooks/nvrs.yml', '--limit', 'oubei', '-e', 'device_state=gathered', at='public')}",
        f"  {inside('scripts/onvif', '--inventory', 'inventory/lab', ALTERED, 'devicemgmt', 'GetHostname')}",
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
