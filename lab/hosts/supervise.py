"""``python -m lab.hosts.supervise SPEC``: one machine, from power on to power off, through all its reboots.

Each boot gets a new network namespace, so that what a real reboot loses is lost: firewall rules, addresses and
settings that nobody wrote to disk. Standard library only, so that ten of them cost little.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from threading import Thread
from types import FrameType

from lab.hosts import cgroups, disks, spec
from lab.hosts.spec import Cable, Spec

#: Exit code of systemd-nspawn with --keep-unit when the machine rebooted; it does not start it again by itself.
_REBOOT = 133
READY = "machine is up"


def main() -> int:
    """Run the machine until it powers off or dies; exit code 0 after a power-off."""
    wanted = spec.read(Path(sys.argv[1]))
    group = cgroups.ControlGroup(wanted.name)
    group.remove()
    group.enter()
    mount(wanted)
    try:
        while (code := boot(wanted)) == _REBOOT:
            print("reboot", flush=True)
    finally:
        unplug(wanted)
        unmount(wanted)
        group.leave()
    return code


def boot(wanted: Spec) -> int:
    """Start the machine, say when it is ready, and wait for its end."""
    unplug(wanted)
    plug(wanted)
    with (
        tempfile.TemporaryDirectory(prefix="nx-notify-") as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify,
    ):
        path = f"{folder}/notify"
        notify.bind(path)
        # A group of its own: a signal to this process's group would reach it twice, and twice means at once.
        machine = subprocess.Popen(
            _nspawn(wanted), stdin=subprocess.DEVNULL, env=_environment(path), process_group=0
        )

        def end(_number: int, _frame: FrameType | None) -> None:
            machine.send_signal(signal.SIGTERM)  # systemd-nspawn asks the machine to halt

        signal.signal(signal.SIGTERM, end)
        notify.settimeout(0.2)
        ready = False
        while machine.poll() is None:
            with suppress(TimeoutError):
                # Before the machine's own READY=1 come messages about its status and its first process.
                if not ready and b"READY=1" in notify.recv(4096).splitlines():
                    ready = True
                    print(READY, flush=True)
            if ready:
                # systemd goes on telling what it is at (a job that takes seconds, a unit that fails). Some ten messages
                # that nobody takes fill the socket, and then its first process waits for ever, with all of systemctl.
                notify.settimeout(None)
                Thread(target=_listen, args=(notify,), daemon=True).start()
                machine.wait()
    return machine.returncode


def _listen(notify: socket.socket) -> None:
    with suppress(OSError):
        while True:
            notify.recv(4096)


def plug(wanted: Spec) -> None:
    """Make the machine's network: a new namespace, into which its ends of the cables move."""
    _ip("netns", "add", wanted.name)
    _ip("-n", wanted.name, "link", "set", "lo", "up")
    for cable in wanted.cables:
        if _fails("ip", "-n", wanted.fabric, "link", "show", cable.parked):
            lay(wanted.fabric, cable)
        _ip("-n", wanted.fabric, "link", "set", cable.parked, "netns", wanted.name, "name", cable.inside)


def lay(fabric: str, cable: Cable) -> None:
    """Make a cable that no switch has yet; a half of one that was destroyed with its namespace goes with it."""
    _fails("ip", "-n", fabric, "link", "delete", cable.outside)
    mac = (
        ("address", cable.mac) if cable.mac else ()
    )  # one that the register does not know yet is the kernel's
    _ip("-n", fabric, "link", "add", cable.outside, "type", "veth", "peer", "name", cable.parked, *mac)
    # The user-space switch passes unfinished checksums on as they are: the kernel must finish them.
    enter = ("nsenter", f"--net=/run/netns/{fabric}", "--")
    _run(*enter, "ethtool", "--offload", cable.parked, "tx", "off", "tso", "off")
    _ip("-n", fabric, "link", "set", cable.outside, "up")


def unplug(wanted: Spec) -> None:
    """Remove the namespace. The cables stay in the fabric: a switch in user space loses one that is made anew."""
    if not Path("/run/netns", wanted.name).exists():
        return
    for cable in wanted.cables:
        _fails("ip", "-n", wanted.name, "link", "set", cable.inside, "down")
        _fails(
            "ip", "-n", wanted.name, "link", "set", cable.inside, "netns", wanted.fabric, "name", cable.parked
        )
    _ip("netns", "delete", wanted.name)


def mount(wanted: Spec) -> None:
    """Mount the overlay and the disks; what a killed run left is taken away first."""
    unmount(wanted)
    for folder in (wanted.upper, wanted.work, wanted.root):
        folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    layers = f"lowerdir={wanted.image},upperdir={wanted.upper},workdir={wanted.work}"
    _run("mount", "-t", "overlay", "overlay", "-o", layers, str(wanted.root))
    try:
        for disk in wanted.disks:
            disks.mount(wanted.bay, disk)
    except disks.DiskError as error:
        sys.exit(str(error))


def unmount(wanted: Spec) -> None:
    """Take the overlay and the disks away; nothing happens when there are none."""
    for disk in wanted.disks:
        disks.unmount(wanted.bay, disk)
    while wanted.root.is_mount():
        _run("umount", "--lazy", str(wanted.root))


def _nspawn(wanted: Spec) -> list[str]:
    return [
        *("systemd-nspawn", "--quiet", f"--directory={wanted.root}", f"--machine={wanted.name}", "--boot"),
        *("--register=no", "--keep-unit", "--link-journal=no", "--console=pipe", "--notify-ready=yes"),
        f"--network-namespace-path=/run/netns/{wanted.name}",
        # With a namespace that is there already nspawn takes the right to shape it away.
        "--capability=CAP_NET_ADMIN",
        # The machine's own settings must not leak in: it has no names, and its zone is the image's.
        *("--resolv-conf=off", "--timezone=off"),
        *(f"--bind={wanted.bay / disk}:/srv/nanxi/{disk}" for disk in wanted.disks),
    ]


def _environment(notify: str) -> dict[str, str]:
    environment = {**os.environ, "NOTIFY_SOCKET": notify, "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network"}
    return environment | ({"SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "0"} if cgroups.is_hybrid() else {})


def _ip(*arguments: str) -> None:
    _run("ip", *arguments)


def _fails(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode != 0


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}: {done.stderr.strip()}")


if __name__ == "__main__":
    sys.exit(main())
