"""A vehicle of the lab: registered as people do, and a receiver of satellites for it."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.support.ansible import ROOT, Inventory

#: Of oubei: what the register calls the next host and the next camera.
BOARD, DEPOT, ABOARD = "oubei-host04", "oubei-host01", "oubei-cam0017"
#: A minute's drive through Shangtang, as a receiver says it (NMEA 0183): fix, fix lost, fix again.
NMEA = ROOT / "tests/cases/vehicle/shangtang.nmea"


def register(inventory: Inventory, *words: str) -> subprocess.CompletedProcess[str]:
    """Run ``scripts/register new`` for something of oubei's police network."""
    common = ["--unit", "oubei", "--vendor", "generic", "--set", "network=police", "--set", "state=installed",
              "--set", "installed_on=2026-03-02"]  # fmt: skip
    return inventory.run("scripts/register", "--inventory", inventory.folder, "new", *common, *words)


def registered(inventory: Inventory) -> None:
    """Take the lab's register and variables, and register a vehicle: a host on board, and a camera that names it."""
    inventory.lab_register()
    shutil.copytree(ROOT / "inventory/lab/group_vars", inventory.folder / "group_vars")
    (inventory.folder / "host_vars").mkdir()
    camera = [
        "--class",
        "vehicle",
        "--set",
        f"nvr={BOARD}",
        "--set",
        "counted=FALSE",
        "--set",
        "place=警车0001前",
    ]
    for words in (["--kind", "hosts", "--set", "role=mobile_recorder"], camera):
        done = register(inventory, *words)
        assert done.returncode == 0, done.stderr


def without_others(inventory: Inventory) -> None:
    """Leave oubei the vehicle's camera alone: without twins the others are dead, and each asks for a new ffmpeg a second."""
    cameras = inventory.register / "oubei/cameras.csv"
    titles, *rows = cameras.read_text("utf-8").splitlines(keepends=True)
    cameras.write_text("".join([titles, *(row for row in rows if f",{BOARD}," in row)]), "utf-8")


def receiver(port: int) -> list[str]:
    """Return the command of a receiver on loopback, which tells whoever connects where it is, ten sentences a second."""
    return [sys.executable, str(Path(__file__)), str(port)]


def main(port: int) -> None:
    """Serve one client after the other."""
    sentences = NMEA.read_bytes().splitlines(keepends=True)
    with socket.create_server(("127.0.0.1", port)) as server:
        while True:
            connection, _ = server.accept()
            with connection:
                try:
                    while True:
                        for sentence in sentences:
                            connection.sendall(sentence)
                            time.sleep(0.1)
                except OSError:
                    continue


if __name__ == "__main__":
    main(int(sys.argv[1]))
