"""Take the rows of a proposal into the register: all of them, or none with every reason."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from nanxi.county.model import Plan
from nanxi.findings import InputError
from nanxi.register.checks import check
from nanxi.register.load import Register, finding
from nanxi.register.model import Device


def adopt(plan: Plan, devices: Mapping[str, Device], folder: Path) -> list[Device]:
    """Return the rows of a register-shaped folder, which the register may take as they are.

    Args:
        plan: the county's plan.
        devices: the register as it is.
        folder: the proposal, ``<unit>/<kind>.csv``, edited by a person or not.

    Raises:
        InputError: a row cannot be read, or breaks a rule of the register together with the rows that are there.
    """
    proposal = Register.read(folder, plan)
    hosts = {device.host for device in proposal.devices}
    broken = check(plan, [*devices.values(), *proposal.devices])
    findings = [*proposal.findings, *(finding(one) for one in broken if one.device.host in hosts)]
    if findings:
        raise InputError(findings)
    return proposal.devices
