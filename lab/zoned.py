"""The lab with its real network: every device, host and laptop on a cable of its own, in its zone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NoReturn

from lab import keys
from lab.daemon import Daemon, DaemonError
from lab.fabric import cables, layout
from lab.fabric.cables import Cable
from lab.fabric.crowd import Crowd
from lab.fabric.fabric import Fabric, FabricError, station_name
from lab.fabric.stations import Stations
from lab.hosts.fleet import Hosts
from lab.hosts.image import ImageError
from lab.lifecycle import LabError, need_root
from lab.netns import Namespace
from lab.switches.ovs import OvsError
from nanxi.estate import Estate, load_estate
from nanxi.findings import InputError, NanxiError

#: Sockets of Open vSwitch: a unix socket's path has at most 107 characters, and a checkout may lie deep.
_RUN = Path("/run/nanxi")


@dataclass(frozen=True, slots=True)
class Status:
    """What is up. ``processes`` has the id of each process, None for one that does not run."""

    name: str
    network: bool
    missing: tuple[str, ...]  # stations that are not there
    processes: dict[str, int | None]
    unplugged: tuple[str, ...] = ()  # cables that somebody pulled out

    @property
    def is_up(self) -> bool:
        """Whether everything is there."""
        return self.network and not self.missing and all(self.processes.values())

    def __str__(self) -> str:
        lines = [f"network {self.name}: {'up' if self.network else 'down'}"]
        lines += [f"missing: {', '.join(self.missing)}"] if self.network and self.missing else []
        lines += [f"unplugged: {', '.join(self.unplugged)}"] if self.unplugged else []
        lines += [f"{name}: {f'process {pid}' if pid else 'down'}" for name, pid in self.processes.items()]
        return "\n".join(lines)


@dataclass(frozen=True)
class ZonedLab:
    """One lab called ``name``, whose state, process ids and logs are under ``folder``.

    Tests leave out what they are not about: ``machines`` are the Linux hosts; without ``access_switches`` every cable
    hangs on its site in the VLAN that the register means, as if the switches were converged already.
    """

    name: str
    folder: Path
    inventory: Path
    machines: bool = True
    access_switches: bool = True

    @cached_property
    def estate(self) -> Estate:
        """Plan and register.

        Raises:
            LabError: they are wrong; the text lists the mistakes.
        """
        try:
            return load_estate(self.inventory)
        except (InputError, NanxiError) as error:
            raise LabError(str(error)) from None

    @cached_property
    def fabric(self) -> Fabric:
        """Wires and bridges."""
        return Fabric(self.name, _RUN / self.name)

    @cached_property
    def stations(self) -> Stations:
        """Control nodes, clocks and laptops."""
        return Stations(self.estate, self.fabric, self.folder.resolve())

    @cached_property
    def hosts(self) -> Hosts:
        """Linux hosts."""
        return Hosts(
            self.estate,
            self.fabric,
            self.folder,
            names=None if self.machines else (),
            access_switches=self.access_switches,
        )

    @cached_property
    def devices(self) -> Crowd:
        """Cameras, encoders and recorders."""
        return Crowd(self.fabric, "devices", layout.of_twins(self.estate))

    @cached_property
    def switches(self) -> Crowd:
        """The access switches' own addresses."""
        plan = self.estate.plan
        own = [layout.of_switch(device, plan) for device in layout.switches(self.estate)]
        return Crowd(self.fabric, "switches", own)

    def up(self) -> None:
        """Make the secrets and everything that is missing. Idempotent, also after a kill at any moment.

        Raises:
            LabError: not root, the inventory is wrong, or something does not start.
        """
        need_root()
        try:
            keys.ensure(self.inventory, self.folder)
            self.fabric.up()
            self.devices.up()
            self.switches.up()
            self._uplinks()
            self.stations.up()
            self._twin.start(self.devices.namespace.enter)
            self._agents.start((*self.devices.namespace.enter, "env", *self._secrets()))
            if self.machines:
                self.hosts.cable()
            if self.access_switches:
                self._switch_twins.start((*self.switches.namespace.enter, "env", *self._secrets()))
            if self.machines:
                self.hosts.start()
            known = self._cables()
            for name in cables.pulled(known):
                known[name].put_back()
            self.stations.write_spots(self.folder / "spots.yml")
        except (keys.KeysError, DaemonError, FabricError, ImageError, OvsError, NanxiError) as error:
            raise LabError(str(error)) from None

    def down(self) -> None:
        """End everything and leave nothing behind but state and logs.

        Raises:
            LabError: not root.
        """
        need_root()
        for daemon in (self._agents, self._twin, self._switch_twins):
            daemon.stop()
        self.hosts.stop()
        self.stations.down()
        self.devices.down()
        self.switches.down()
        self.fabric.down()
        shutil.rmtree(_RUN / self.name, ignore_errors=True)

    def status(self) -> Status:
        """Return what is up.

        Raises:
            LabError: not root.
        """
        need_root()
        processes = {"twin": self._twin.pid, "snmp": self._agents.pid} | (
            {"switches": self._switch_twins.pid} if self.access_switches else {}
        )
        processes |= {name: daemon.pid for name, daemon in self.stations.daemons.items()}
        processes |= {host: machine.pid for host, machine in self.hosts.machines.items()}
        up = self.fabric.namespace.exists() and self.fabric.vswitch.running
        missing = tuple(self.stations.missing()) if up else ()
        pulled = tuple(cables.pulled(self._cables())) if up else ()
        return Status(self.name, up, missing, processes, pulled)

    def exec(self, command: list[str], at: str = "police") -> NoReturn:
        """Replace this process by ``command`` at a place of the lab's network, with its vault password and SSH key.

        Args:
            command: what to run.
            at: ``police`` or ``public``: the control node of that network; a Linux host, whose loopback then answers; else a
                zone: ``core``, ``shangtang/viewing``.

        Raises:
            LabError: not root, the lab is down, or there is no such place.
        """
        need_root()
        machine = self.hosts.machines.get(at)
        try:
            place = machine.network if machine else self.stations.at(at)
        except (KeyError, ValueError):
            known = ", ".join(("police", "public", *self.hosts.machines, *self.stations.places))
            raise LabError(f"no place {at!r}; there are {known}") from None
        if not place.exists():
            raise LabError("the lab is down; bring it up with: make lab-up")
        argv = [*place.enter, *command]
        environment = {**os.environ, **keys.environment(self.inventory, self.folder)}
        environment |= keys.ssh_environment(self.hosts.keys, _RUN / self.name)
        os.execvpe(argv[0], argv, environment)  # noqa: S606 - becoming the given command is the purpose

    def exec_instead_of(self, device: str, command: list[str]) -> int:
        """Run a command on a laptop that is plugged into the port of a device; return its exit code.

        The device is plugged in again afterwards, whatever happened.

        Raises:
            LabError: not root, the lab is down, or there is no such device.
        """
        need_root()
        if not self.devices.namespace.exists():
            raise LabError("the lab is down; bring it up with: make lab-up")
        laptop = Namespace(station_name(self.name, f"laptop-{os.getpid()}"))
        try:
            self.devices.hand_over(device, laptop)
            return subprocess.run([*laptop.enter, *command], check=False).returncode
        except KeyError:
            raise LabError(f"no device {device!r} with a cable of its own in the register") from None
        finally:
            if laptop.exists():
                self.devices.replug(device, laptop)

    def unplug(self, device: str, port: str = "") -> str:
        """Pull a cable out: that of a device or Linux host, a switch's uplink, or what is in a port of a switch.

        Returns:
            Whose cable it was.

        Raises:
            LabError: not root, the lab is down, or there is no such cable.
        """
        name, cable = self._cable(device, port)
        cable.pull()
        return name

    def plug(self, device: str, port: str = "") -> str:
        """Put a cable in again; one that is in stays in.

        Returns:
            Whose cable it was.

        Raises:
            LabError: as for :meth:`unplug`.
        """
        name, cable = self._cable(device, port)
        cable.put_back()
        return name

    def _cable(self, device: str, port: str) -> tuple[str, Cable]:
        need_root()
        if not self.fabric.namespace.exists():
            raise LabError("the lab is down; bring it up with: make lab-up")
        name = cables.owner(self.estate, device, port) if port else device
        if name is None:
            raise LabError(f"nothing of the register is in {port!r} of {device!r}")
        known = self._cables()
        if name not in known:
            raise LabError(f"no device {name!r} with a cable of its own; there are {', '.join(known)}")
        return name, known[name]

    def _cables(self) -> dict[str, Cable]:
        return cables.of_lab(
            self.estate,
            self.fabric.namespace,
            devices=self.devices,
            switches=self.switches,
            hosts={host: cables.outside(machine.spec) for host, machine in self.hosts.machines.items()},
            uplinks=self.access_switches,
        )

    def _uplinks(self) -> None:
        """Join every access switch to its site, and plug in at the site what hangs on no switch."""
        for device in layout.switches(self.estate):
            if device.uplink and self.access_switches:
                self.fabric.trunk(device.unit, layout.uplink(device))
        here = [plug for plug in self.devices.plugs if not (plug.switch and self.access_switches)]
        self.fabric.connect(*here, *self.switches.plugs)

    @property
    def _twin(self) -> Daemon:
        folder = self.folder.resolve()
        return Daemon(
            name="twin",
            command=(
                *(sys.executable, "-m", "lab.twin", "--inventory", str(self.inventory)),
                *("--state", str(folder / "twins"), "--control", str(folder / "run" / "twin.sock")),
            ),
            ready="ready",
            folder=folder,
        )

    @property
    def _agents(self) -> Daemon:
        folder = self.folder.resolve()
        return Daemon(
            name="snmp",
            command=(
                *(sys.executable, "-m", "lab.snmp", "--inventory", str(self.inventory)),
                *("--control", str(folder / "run" / "twin.sock"), "--state", str(folder / "twins")),
            ),
            ready="ready",
            folder=folder,
        )

    @property
    def _switch_twins(self) -> Daemon:
        folder = self.folder.resolve()
        return Daemon(
            name="switches",
            command=(
                *(sys.executable, "-m", "lab.fabric.switches", "--inventory", str(self.inventory)),
                *("--lab", self.name, "--ovs", str(self.fabric.vswitch.folder)),
                *("--state", str(folder / "switches")),
                *("--control", str(folder / "run" / "switches.sock")),
            ),
            ready="ready",
            folder=folder,
        )

    def _secrets(self) -> tuple[str, ...]:
        """Return where the vault's password lies, as ``env`` takes it: a path, no secret."""
        return tuple(
            f"{name}={value}" for name, value in keys.environment(self.inventory, self.folder).items()
        )
