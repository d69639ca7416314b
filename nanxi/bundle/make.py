"""Make a bundle: what is still right of the last one is kept, the rest is collected anew."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from nanxi.bundle import debian, seal, wheels
from nanxi.bundle.contents import packages
from nanxi.files import write_atomically

#: In each part: what it was collected for.
_KEY = "COLLECTED-FOR"


def make(checkout: Path, bundle: Path, *, fresh: bool, done: Callable[[], None]) -> str:
    """Make or renew the bundle in ``bundle`` and return its number; ``done`` is called after each of three steps.

    A run that dies leaves the old bundle as it was. ``fresh`` collects everything anew, for security updates.

    Raises:
        BundleError: something cannot be fetched or built.
        InputError: a role's list of packages is wrong.
    """
    half = bundle.with_name(f"{bundle.name}.new")
    shutil.rmtree(half, ignore_errors=True)
    old = None if fresh else bundle
    names = packages(checkout / "roles")
    _part(old, half, "debian", " ".join(names), lambda target: debian.collect(names, target))
    done()
    lock = (checkout / "requirements.txt").read_text("utf-8") + sys.version
    _part(old, half, "wheels", lock, lambda target: wheels.collect(checkout / "requirements.txt", target))
    wheels.add_own(checkout, half / "wheels")
    done()
    number = seal.seal(half)
    done()
    shutil.rmtree(bundle, ignore_errors=True)
    half.rename(bundle)
    return number


def _part(old: Path | None, half: Path, name: str, wanted: str, collect: Callable[[Path], None]) -> None:
    key = hashlib.sha256(wanted.encode()).hexdigest()
    known = old / name / _KEY if old else None
    if old and known and known.exists() and known.read_text("ascii").strip() == key:
        shutil.copytree(old / name, half / name, copy_function=os.link)
        return
    collect(half / name)
    write_atomically(half / name / _KEY, f"{key}\n")
