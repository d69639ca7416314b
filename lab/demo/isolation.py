"""Two networks, provably apart: the matrix, a VLAN altered by hand, a flow taken out of the policy."""

from __future__ import annotations

from lab.demo.names import FOLDER, INVENTORY, UNARMED
from lab.demo.stage import ROOT, DemoError, Stage, expect, out, step, without_flow

#: The switch, the port and the address of the police camera whose VLAN somebody alters by hand.
SWITCH, PORT, CAMERA = "shangtang-sw01", "GigabitEthernet0/0/5", "10.98.0.130"
FLOW = "watch_police"
ALTERED_PLAN = FOLDER / "inventory-without-a-flow"


def tell(stage: Stage) -> None:
    """Measure the matrix, then break the isolation in two ways that must be seen.

    Raises:
        DemoError: the lab did not behave as the text says.
    """
    step("two networks, provably apart: packets from inside every zone, expected and measured")
    if differences := stage.zones():
        raise DemoError("differences:\n" + "\n".join(differences))

    step("one VLAN is altered by hand on a switch: found, shown as a diff, repaired")
    _altered_vlan(stage)

    step(f"the flow {FLOW} is taken out of the policy: exactly that path closes, and opens again")
    _removed_flow(stage)


def _altered_vlan(stage: Stage) -> None:
    """Move a police camera into the public network by hand, and let the playbook find it."""
    stage.type(SWITCH, "system-view", f"interface {PORT}", "port default vlan 210", "return")
    if stage.answers(CAMERA, at="police"):
        raise DemoError(f"{CAMERA} still answers although its port leads elsewhere")
    expect(stage.devices("playbooks/switches.yml", "--check", "--diff"), bad={SWITCH: "drifted"})
    expect(stage.devices("playbooks/switches.yml", "--diff", *UNARMED), changed={SWITCH})
    if not stage.answers(CAMERA, at="police"):
        raise DemoError(f"{CAMERA} does not answer although its switch is as declared")


def _removed_flow(stage: Stage) -> None:
    """Take one flow out of the policy, prove what that closes, and put it back."""
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
