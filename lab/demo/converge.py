"""From staged hosts and factory-new devices to declared state; a second run changes nothing."""

from __future__ import annotations

from lab.demo.names import BAD, BAD_AGAIN, CONTROL, LOCKING, SITE, SWITCHES, UNARMED
from lab.demo.stage import DemoError, Stage, expect, step
from lab.twin.ctl import call

ALTERED = "shangtang-cam0009"
#: What has chapters of its own.
LATER = ("--skip-tags", "recorders,vehicles,monitoring")
#: One encoder with four analog cameras and one recorder with eight channels in each unit.
OTHERS = {"shangtang-enc01", "shangtang-nvr01", "oubei-enc01", "oubei-nvr01"}


def tell(stage: Stage) -> None:
    """Converge the lab, again, and once more after somebody altered a camera.

    Raises:
        DemoError: the lab did not behave as the text says.
    """
    step("the way to everything: gateways, on trial until confirmed; switches; what every Linux host is")
    changed = stage.hosts(SITE, "--tags", "gateways,switches,hosts", *UNARMED)
    if idle := sorted({*SWITCHES, *stage.lab.hosts.devices} - changed):
        raise DemoError(f"switches and hosts that were not set up: {idle}")

    step("one camera, as an integrator begins")
    expect(
        stage.devices(SITE, "--tags", "cameras", "--diff", limit="shangtang-cam0001"),
        changed={"shangtang-cam0001"},
    )

    step("the estate: survey each kind, then make every device that differs as declared")
    first = stage.devices(SITE, *LATER)
    expect(first, bad=BAD)
    if idle := sorted(host for host in OTHERS if first.get(host) != "changed"):
        raise DemoError(f"encoders and recorders that were not set up: {idle}")

    step("run it again: nothing changes, and the camera that refused our password is not asked again")
    before = call(CONTROL, "counts", LOCKING)
    expect(stage.devices(SITE, *LATER), changed=set(), bad=BAD_AGAIN)
    if call(CONTROL, "counts", LOCKING) != before:
        raise DemoError(f"{LOCKING} was contacted although the lock-out guard holds it")

    step(f"somebody alters {ALTERED} behind Ansible's back; exactly that one is repaired")
    call(CONTROL, "patch", ALTERED, section="hostname", value={"name": "hacked"})
    expect(
        stage.devices(SITE, "--tags", "cameras", "--diff"),
        changed={ALTERED},
        bad=BAD_AGAIN,
    )
