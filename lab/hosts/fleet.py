"""All Linux hosts of a lab: seeded from the register, cabled, started and stopped together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from lab.daemon import DaemonError
from lab.fabric import layout
from lab.fabric.fabric import Fabric
from lab.fabric.layout import Plug
from lab.hosts import disks, image, limits, supervise
from lab.hosts.machine import Machine
from lab.hosts.seed import seed
from lab.hosts.spec import Cable, Spec
from lab.hosts.ssh import Keys
from nanxi.estate import Estate
from nanxi.register.model import Host
from nanxi.wiring import feet, is_sharing, routes


class Hosts:
    """The hosts ``names`` of an estate, in the fabric of a lab whose folder is ``folder``; None: all that it has.

    ``access_switches`` tells whether the switches of the register are there: without them every host hangs on its site.
    """

    def __init__(
        self,
        estate: Estate,
        fabric: Fabric,
        folder: Path,
        names: Iterable[str] | None = None,
        *,
        access_switches: bool = False,
    ) -> None:
        self.access_switches = access_switches
        self.estate = estate
        self.fabric = fabric
        self.folder = folder.resolve()
        self.keys = Keys(self.folder / "ssh")
        wanted = None if names is None else set(names)
        self.devices = {
            device.host: device for device in layout.hosts(estate) if wanted is None or device.host in wanted
        }
        image_folder = image.folder()
        self.machines = {
            host: Machine(host, self._spec(device, image_folder), self.folder)
            for host, device in self.devices.items()
        }

    def start(self) -> None:
        """Make the image if it is missing, lay the cables, and boot what is off, all hosts at the same time.

        Raises:
            ImageError: there is no image and none can be made.
            DaemonError: hosts that do not boot, all of them named.
        """
        image.ensure()
        limits.make_room(len(self.machines))
        self.cable()
        known = {host: str(device.ipv4) for host, device in self.devices.items()}
        self.keys.write_known_hosts(known)
        for host, machine in self.machines.items():
            if machine.pid is None:
                machine.stop()  # what a killed run left
                self._seed(self.devices[host], machine)
        self._each(Machine.start)

    def cable(self) -> tuple[Plug, ...]:
        """Lay the cables that are missing; plug in those that hang on no access switch; return the others.

        Raises:
            FabricError: Open vSwitch refuses.
        """
        plugs = []
        for host, machine in self.machines.items():
            plugs += layout.of_host(self.devices[host], self.estate.plan)
            for cable in machine.spec.cables:
                if not self.fabric.has(cable.outside):
                    supervise.lay(self.fabric.namespace.name, cable)
        self.fabric.connect(*(plug for plug in plugs if not self._access(plug)))
        return tuple(filter(self._access, plugs))

    def _access(self, plug: Plug) -> bool:
        return self.access_switches and bool(plug.switch)

    def stop(self) -> None:
        """Shut all hosts down at the same time; those of a killed run too."""
        self._each(Machine.stop)

    def _each(self, act: Callable[[Machine], None]) -> None:
        failed = []
        with ThreadPoolExecutor(max_workers=len(self.machines) or 1) as pool:
            for future in [pool.submit(act, machine) for machine in self.machines.values()]:
                try:
                    future.result()
                except DaemonError as error:
                    failed.append(str(error))
        if failed:
            raise DaemonError("\n".join(failed))

    def _seed(self, device: Host, machine: Machine) -> None:
        plan = self.estate.plan
        allowed = [
            control.ipv4
            for control in layout.controllers(self.estate)
            if control.ipv4 is not None and (control.network is device.network or is_sharing(device, plan))
        ]
        seed(
            machine.spec.upper,
            device.host,
            feet(device, plan),
            routes(device, plan),
            controllers=allowed,
            authorized=self.keys.authorized(),
            host_key=self.keys.of_host(device.host),
        )

    def _spec(self, device: Host, image_folder: Path) -> Spec:
        return Spec(
            name=f"{self.fabric.lab}-{device.host}",
            image=str(image_folder),
            folder=str(self.folder / "hosts" / device.host),
            fabric=self.fabric.namespace.name,
            cables=tuple(
                Cable(plug.interface, plug.wire, plug.mac)
                for plug in layout.of_host(device, self.estate.plan)
            ),
            disks=disks.OF_ROLE.get(device.role, ()),
        )
