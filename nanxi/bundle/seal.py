"""What a bundle consists of, and whether it arrived whole: one list of hashes, and the number that stands for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from nanxi.bundle.command import BundleError
from nanxi.files import write_atomically
from nanxi.findings import Finding

NAME = "SHA256SUMS"


def seal(bundle: Path) -> str:
    """Write the list of hashes, as ``sha256sum --check`` reads it, and return the bundle's number."""
    lines = [f"{_digest(bundle / name)}  {name}\n" for name in _files(bundle)]
    write_atomically(bundle / NAME, "".join(lines))
    return number(bundle)


def number(bundle: Path) -> str:
    """Return the number that identifies a bundle: 16 hex digits, grouped for reading aloud.

    Raises:
        BundleError: there is no list.
    """
    try:
        digest = _digest(bundle / NAME)
    except FileNotFoundError:
        raise BundleError(f"{bundle} is no bundle: {NAME} is missing") from None
    return "-".join(digest[place : place + 4] for place in range(0, 16, 4))


def check(bundle: Path) -> list[Finding]:
    """Return every file that is missing, spoiled or not in the list.

    Raises:
        BundleError: there is no list.
    """
    number(bundle)
    wanted = dict(_listed(bundle))
    there = set(_files(bundle))
    found = [
        Finding(name, 0, "", "", "the file is missing", "copy the bundle again")
        for name in sorted(set(wanted) - there)
    ]
    found += [
        Finding(name, 0, "", "", "the file is not in the bundle's list", "remove it")
        for name in sorted(there - set(wanted))
    ]
    return found + [
        Finding(name, 0, "", "", "the file is spoiled", "copy the bundle again")
        for name in sorted(there & set(wanted))
        if _digest(bundle / name) != wanted[name]
    ]


def _listed(bundle: Path) -> Iterator[tuple[str, str]]:
    for line in (bundle / NAME).read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        yield name, digest


def _files(bundle: Path) -> Iterator[str]:
    for path in sorted(bundle.rglob("*")):
        if path.is_file() and path.name != NAME:
            yield str(path.relative_to(bundle))


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
