"""The estate: plan and register of one inventory folder, loaded and checked together.

``load_estate`` is what the inventory plugin, the action plugins, the scripts and the lab's twins all call; it is
cached per process, so Ansible's forked workers inherit the parsed estate instead of reading it again.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from nanxi.county.load import load_plan
from nanxi.county.model import Network, Plan, Zone
from nanxi.register.load import load_register
from nanxi.register.model import Camera, Device, Host, State


@dataclass(frozen=True)
class Estate:
    """Everything that a person declared: the plan and every device by host name."""

    plan: Plan
    devices: dict[str, Device]

    def zone(self, key: str) -> Zone:
        """Return the zone kind named ``key``."""
        return next(zone for zone in self.plan.addresses.zones if zone.key == key)

    def cameras_of(self, host: str) -> tuple[Camera, ...]:
        """Return the cameras that hang on an encoder, or that an NVR takes in, retired ones left out."""
        return tuple(self._cameras.get(host, ()))

    def monitors(self, network: Network) -> tuple[Host, ...]:
        """Return the hosts that watch a network, by name; none of them is planned, in repair or retired."""
        return tuple(
            one
            for _, one in sorted(self.devices.items())
            if isinstance(one, Host) and one.role == "monitor" and one.network is network and one.touchable
        )

    @cached_property
    def _cameras(self) -> dict[str, list[Camera]]:
        """Cameras by the encoder and by the NVR that their rows name."""
        cameras: dict[str, list[Camera]] = defaultdict(list)
        for device in self.devices.values():
            if isinstance(device, Camera) and device.state is not State.RETIRED:
                for host in filter(None, (device.encoder, device.nvr)):
                    cameras[host].append(device)
        return cameras


def load_estate(inventory: Path | str, register: Path | str | None = None) -> Estate:
    """Load ``inventory/plan`` and the register and check them against each other.

    ``register`` defaults to the environment variable ``NANXI_REGISTER``, then to ``inventory/register``: a
    synthetic county for scale tests lies outside the repository.

    Raises:
        InputError: with every mistake of every file.
    """
    root = Path(inventory).resolve()
    rows = Path(register or os.environ.get("NANXI_REGISTER") or root / "register").resolve()
    return _load(root, rows)


@lru_cache(maxsize=4)
def _load(root: Path, register: Path) -> Estate:
    plan = load_plan(root / "plan")
    return Estate(plan=plan, devices=load_register(register, plan))
