"""From staged hosts and factory-new devices to declared state; a second run changes nothing."""

from __future__ import annotations

from lab.demo.names import BAD, BAD_AGAIN, CONTROL, LOCKING, SWITCHES, UNARMED
from lab.demo.stage import DemoError, Stage, expect, step
from lab.twin.ctl import call

ALTERED = "shangtang-cam0009"
#: One encoder with four analog cameras and one recorder with eight channels in each unit.
OTHERS = {"shangtang-enc01", "shangtang-nvr01", "oubei-enc01", "oubei-nvr01"}


def tell(stage: Stage) -> None:
    """Converge the lab, again, and once more after somebody altered a camera.

    Raises:
        DemoError: the lab did not behave as the text says.
    """
    step("the network: gateways by the flow table, on trial until confirmed; switches by register and plan")
    stage.hosts("playbooks/gateways.yml")
    expect(stage.devices("playbooks/switches.yml", *UNARMED), changed=SWITCHES)

    step("the devices: survey each kind, then make every device that differs as declared")
    expect(
        stage.devices("playbooks/site.yml", "--diff", limit="shangtang-cam0001"),
        changed={"shangtang-cam0001"},
    )
    first = stage.devices("playbooks/site.yml")
    expect(first, bad=BAD)
    if idle := sorted(host for host in OTHERS if first.get(host) != "changed"):
        raise DemoError(f"encoders and recorders that were not set up: {idle}")

    step("run it again: nothing changes, and the camera that refused our password is not asked again")
    before = call(CONTROL, "counts", LOCKING)
    expect(stage.devices("playbooks/site.yml"), changed=set(), bad=BAD_AGAIN)
    if call(CONTROL, "counts", LOCKING) != before:
        raise DemoError(f"{LOCKING} was contacted although the lock-out guard holds it")
    expect(stage.devices("playbooks/switches.yml"), changed=set())
    if changed := stage.hosts("playbooks/gateways.yml"):
        raise DemoError(f"a second run changed {sorted(changed)}")

    step(f"somebody alters {ALTERED} behind Ansible's back; exactly that one is repaired")
    call(CONTROL, "patch", ALTERED, section="hostname", value={"name": "hacked"})
    expect(stage.devices("playbooks/site.yml", "--diff"), changed={ALTERED}, bad=BAD_AGAIN)
