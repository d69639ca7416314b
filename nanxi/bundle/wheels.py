"""Python wheels: what requirements.txt locks, and Nanxi itself."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

from nanxi.bundle.command import run
from nanxi.files import write_atomically

#: What hosts install from: the wheels that are here, with their hashes.
LIST = "requirements.txt"
_PIP = (sys.executable, "-m", "pip", "-q", "--disable-pip-version-check")


def collect(lock: Path, target: Path) -> None:
    """Fetch every requirement of ``lock`` by its hash; build wheels of those that have none.

    The wheels are for this Python (onvif-zeep, among others, comes as source only): hosts must have the same one.

    Raises:
        BundleError: a hash does not fit, or something cannot be built.
    """
    target.mkdir(parents=True, exist_ok=True)
    run([*_PIP, "wheel", "--require-hashes", "--no-deps", "-w", str(target), "-r", str(lock)])


def add_own(checkout: Path, target: Path) -> None:
    """Add Nanxi's own wheel in place of an earlier one, and list what is here with its hashes.

    Raises:
        BundleError: it cannot be built.
    """
    for earlier in target.glob("nanxi-*.whl"):
        earlier.unlink()
    run([*_PIP, "wheel", "--no-deps", "-w", str(target), str(checkout)])
    write_atomically(target / LIST, "".join(_requirements(target)))


def _requirements(folder: Path) -> Iterator[str]:
    yield f"# CPython {sys.version_info.major}.{sys.version_info.minor}\n"
    for wheel in sorted(folder.glob("*.whl")):
        name, version = wheel.name.split("-")[:2]
        with wheel.open("rb") as stream:
            yield f"{name}=={version} --hash=sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()}\n"
