"""Open vSwitch of the lab's own: two daemons in a folder, beside and apart from a system service.

The datapath is in user space (``datapath_type=netdev``): the kernels that the lab must run on lack VLAN-filtering
bridges and 8021q. The daemons open the wires in the network namespace that they run in, so ``enter`` decides which
interfaces can become ports.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = Path("/usr/share/openvswitch/vswitch.ovsschema")
_PATIENCE_S = 10


@dataclass(frozen=True, slots=True)
class Wire:
    """An interface as its bridge sees it: whether there is a link, and what went over it."""

    up: bool
    counters: Mapping[str, int]


class OvsError(Exception):
    """A command of Open vSwitch failed; the text is the command's own."""


class Vswitch:
    """One ovsdb-server and one ovs-vswitchd whose database, sockets, process ids and logs are in ``folder``.

    Args:
        folder: made when it is missing; a path short enough for unix sockets (about 80 characters).
        enter: command prefix of the namespace in which the daemons run, see :class:`lab.netns.Namespace`.
    """

    def __init__(self, folder: Path, enter: Sequence[str] = ()) -> None:
        self.folder = folder.resolve()
        self._enter = tuple(enter)

    @property
    def running(self) -> bool:
        """Whether both daemons are there."""
        return all(self._pid(name) for name in ("ovsdb-server", "ovs-vswitchd"))

    def start(self) -> None:
        """Start what does not run. Idempotent, also after a kill at any moment.

        Raises:
            OvsError: Open vSwitch is not installed, or a daemon does not start.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not _SCHEMA.exists():
            raise OvsError(f"{_SCHEMA} is missing: install openvswitch-switch")
        database = self.folder / "conf.db"
        if not database.exists():
            self._run("ovsdb-tool", "create", str(database), str(_SCHEMA))
        if not self._pid("ovsdb-server"):
            self._daemon("ovsdb-server", f"--remote=punix:{self._socket}", str(database))
            self.vsctl("--no-wait", "init")
        if not self._pid("ovs-vswitchd"):
            self._daemon("ovs-vswitchd", f"unix:{self._socket}")

    def stop(self) -> None:
        """End both daemons, the bridges' interfaces with them. The database stays."""
        for name in ("ovs-vswitchd", "ovsdb-server"):
            pid = self._pid(name)
            if not pid:
                continue
            if name == "ovs-vswitchd":
                # Without --cleanup the tap interface of each bridge would outlive the daemon.
                with suppress(OvsError):
                    self.appctl("exit", "--cleanup")
            _end(pid, name)

    def add_bridge(self, name: str) -> None:
        """Make a bridge, or empty one that a killed run left. It forwards nothing until it has flows of its own."""
        self.vsctl(
            *("--if-exists", "del-br", name, "--"),
            *("add-br", name, "--", "set", "bridge", name, "datapath_type=netdev", "fail_mode=secure"),
        )

    def delete_bridge(self, name: str) -> None:
        """Remove a bridge; nothing happens when there is none."""
        self.vsctl("--if-exists", "del-br", name)

    def add_port(self, bridge: str, interface: str, *settings: str) -> None:
        """Plug an interface in; ``settings`` are columns of the Port table such as ``tag=10``.

        Raises:
            OvsError: there is no such interface, among other reasons.
        """
        self.vsctl("--may-exist", "add-port", bridge, interface, *settings)
        error = self.vsctl("get", "interface", interface, "error").strip()
        if error not in ("[]", '""'):
            self.vsctl("--if-exists", "del-port", bridge, interface)
            raise OvsError(f"{interface}: {error}")

    def delete_port(self, bridge: str, interface: str) -> None:
        """Unplug an interface; nothing happens when it is not plugged in."""
        self.vsctl("--if-exists", "del-port", bridge, interface)

    def vsctl(self, *arguments: str) -> str:
        """Run ovs-vsctl on this database; it returns once ovs-vswitchd has done it, unless ``--no-wait``."""
        return self._run("ovs-vsctl", f"--db=unix:{self._socket}", f"--timeout={_PATIENCE_S}", *arguments)

    def ofctl(self, command: str, bridge: str, *arguments: str, typed: str | None = None) -> str:
        """Run ovs-ofctl on a bridge; ``typed`` is its standard input."""
        target = f"unix:{self.folder / f'{bridge}.mgmt'}"
        options = ("-O", "OpenFlow14", "--bundle") if typed is not None else ("-O", "OpenFlow14")
        return self._run("ovs-ofctl", *options, command, target, *arguments, typed=typed)

    def wires(self) -> dict[str, Wire]:
        """Return every interface by its name. Counters are at most five seconds old."""
        told = json.loads(
            self.vsctl("--format=json", "--columns=name,link_state,statistics", "list", "interface")
        )
        return {
            name: Wire(state == "up", dict(counters[1])) for name, state, counters in told["data"] if name
        }

    @property
    def following_links(self) -> tuple[str, ...]:
        """Command that prints a line of JSON for each change of a link, the present state first."""
        columns = ("Open_vSwitch", "Interface", "name,link_state")
        return ("ovsdb-client", "--format=json", "monitor", f"unix:{self._socket}", *columns)

    def appctl(self, *arguments: str) -> str:
        """Ask ovs-vswitchd, for example ``fdb/show BRIDGE``."""
        return self._run("ovs-appctl", "-t", str(self.folder / "ovs-vswitchd.ctl"), *arguments)

    def replace_flows(self, bridge: str, flows: Iterable[str]) -> None:
        """Put these flows in place of all others, in one transaction: old rules or new ones, never half of them."""
        self.ofctl("replace-flows", bridge, "-", typed="\n".join(flows) + "\n")

    @property
    def _socket(self) -> Path:
        return self.folder / "db.sock"

    def _daemon(self, name: str, *arguments: str) -> None:
        self._run(
            *(*self._enter, name, *arguments, "--detach", "--no-chdir"),
            *(f"--pidfile={self.folder / f'{name}.pid'}", f"--log-file={self.folder / f'{name}.log'}"),
            *(f"--unixctl={self.folder / f'{name}.ctl'}", "-vconsole:off"),
        )

    def _pid(self, name: str) -> int | None:
        """Return the id of a daemon while it runs; a recycled id is told by the process's name."""
        try:
            pid = int((self.folder / f"{name}.pid").read_text("ascii"))
        except (FileNotFoundError, ValueError):
            return None
        return pid if _runs(pid, name) else None

    def _run(self, *command: str, typed: str | None = None) -> str:
        environment = {**os.environ, "OVS_RUNDIR": str(self.folder), "OVS_LOGDIR": str(self.folder)}
        try:
            done = subprocess.run(
                command, input=typed, capture_output=True, text=True, env=environment, check=False
            )
        except FileNotFoundError:
            raise OvsError(f"{command[0]} is missing: install openvswitch-switch") from None
        if done.returncode:
            raise OvsError(f"{' '.join(command)}: {done.stderr.strip() or f'exit code {done.returncode}'}")
        return done.stdout


def _runs(pid: int, name: str) -> bool:
    """Return whether a process is there and is what it should be; a zombie is gone, however slow init is."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return f"({name})" in stat and stat.rpartition(")")[2].split()[0] not in "ZX"


def _end(pid: int, name: str) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + _PATIENCE_S
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        while _runs(pid, name) and time.monotonic() < deadline:
            time.sleep(0.02)
