"""Debian packages with everything they depend on, as a flat repository of apt."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from nanxi.bundle.command import BundleError, run
from nanxi.files import write_atomically


def collect(packages: Sequence[str], target: Path) -> None:
    """Download ``packages`` and all that they need into ``target`` and index them.

    apt is told that nothing is installed, so the closure is whole whatever this machine has; it uses this machine's own
    sources, and touches nothing of its state.

    Raises:
        BundleError: a package does not exist, or a source does not answer.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="nanxi-bundle-") as scratch:
        state = Path(scratch)
        (state / "lists/partial").mkdir(parents=True)
        (state / "status").touch()
        (target / "partial").mkdir(exist_ok=True)
        options = [
            f"Dir::State={state}",
            f"Dir::State::lists={state / 'lists'}",
            f"Dir::State::status={state / 'status'}",
            f"Dir::Cache={state}",
            f"Dir::Cache::archives={target.resolve()}",
            "APT::Install-Recommends=false",
            "APT::Sandbox::User=root",
            "Debug::NoLocking=true",
        ]
        apt = ["apt-get", "-qq", *(word for option in options for word in ("-o", option))]
        run([*apt, "update"])
        run([*apt, "--yes", "--download-only", "install", *packages])
    (target / "partial").rmdir()
    (target / "lock").unlink(missing_ok=True)
    if not list(target.glob("*.deb")):
        raise BundleError("apt downloaded nothing")
    write_atomically(target / "Packages", run(["apt-ftparchive", "packages", "."], cwd=target))
    write_atomically(target / "Release", run(["apt-ftparchive", "release", "."], cwd=target))
