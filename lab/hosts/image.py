"""The image that all Linux hosts of the lab share, made once from the machine's own Debian or Ubuntu mirror.

It is cached outside the checkout under a hash of what goes into it. Nothing of it is ever written to: each host has
an overlay of its own.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

CACHE = Path("/var/cache/nanxi")
PACKAGES = Path(__file__).with_name("packages.txt")
_RECIPE = 3  # counts up when the steps below change what is in the image

#: Not needed on a host that nobody reads manuals on: a third of the size.
_LEAVE_OUT = ("/usr/share/man/*", "/usr/share/doc/*", "/usr/share/locale/*", "/usr/share/info/*")
#: Ways to the mirror: proxies and, for snapshots of the archive, that their dates are old.
_APT_OPTIONS = ("Acquire::http", "Acquire::https", "Acquire::Check-Valid-Until", "Acquire::Check-Date")
#: Each host makes its own identity; nothing in a host knows a mirror, fetches by itself or waits for a network.
_FINISH = """set -eu
rm -f etc/machine-id etc/ssh/ssh_host_*_key* etc/apt/apt.conf.d/99mmdebstrap etc/apt/sources.list etc/hostname etc/resolv.conf
rm -rf etc/apt/sources.list.d/* var/lib/apt/lists/* var/lib/dbus/machine-id
chroot . systemctl -q enable systemd-networkd.service nftables.service ssh.service
chroot . systemctl -q disable systemd-networkd-wait-online.service
chroot . systemctl -q mask apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer getty.target console-getty.service"""


class ImageError(Exception):
    """The image cannot be made; the text says what a person can do about it."""


def packages(text: str) -> tuple[str, ...]:
    """Return the packages that a list names; what follows a name is its reason."""
    lines = (line.split() for line in text.splitlines())
    return tuple(words[0] for words in lines if words and not words[0].startswith("#"))


def folder(cache: Path = CACHE) -> Path:
    """Return where the image is or will be: the name says what is in it.

    Raises:
        ImageError: this system is neither Debian nor Ubuntu.
    """
    text = "\n".join([str(_RECIPE), _FINISH, _release()["VERSION_CODENAME"], *_wanted()])
    return cache / f"image-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


def ensure(cache: Path = CACHE) -> Path:
    """Return the image's folder; make it when it is missing (40 s of one core). One process makes it at a time.

    Raises:
        ImageError: no mirror is configured, a tool is missing, or the mirror does not answer.
    """
    image = folder(cache)
    if image.is_dir():
        return image
    cache.mkdir(mode=0o755, parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not image.is_dir():
            _make(image, _release(), _wanted())
    return image


def _wanted() -> tuple[str, ...]:
    return packages(PACKAGES.read_text("utf-8"))


def _make(image: Path, release: dict[str, str], wanted: tuple[str, ...]) -> None:
    sources = list(_sources(release))
    if not sources:
        raise ImageError("apt has no source for this system's own release: see /etc/apt/sources.list.d")
    building = image.with_suffix(".new")
    shutil.rmtree(building, ignore_errors=True)  # of a killed run
    command = ["mmdebstrap", "--quiet", "--variant=minbase", "--mode=root", "--format=directory"]
    command += [f"--include={','.join(wanted)}", "--dpkgopt=force-unsafe-io"]
    command += [f"--dpkgopt=path-exclude={pattern}" for pattern in _LEAVE_OUT]
    command += [f"--aptopt={option}" for option in _apt_options()]
    command += [f'--customize-hook=cd "$1" && sh -c {shlex.quote(_FINISH)}']
    command += [release["VERSION_CODENAME"], str(building), *sources]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    except FileNotFoundError:
        raise ImageError("mmdebstrap is missing: make packages") from None
    if done.returncode:
        shutil.rmtree(building, ignore_errors=True)
        tail = "\n".join(done.stderr.strip().splitlines()[-15:])
        raise ImageError(f"no image for the lab's hosts; mmdebstrap ends with:\n{tail}")
    building.rename(image)


def _sources(release: dict[str, str]) -> Iterator[str]:
    """Yield the machine's own sources of its own release; repositories of others are left out."""
    codename = release["VERSION_CODENAME"]
    suites = {codename, f"{codename}-updates", f"{codename}-security"}
    found: dict[tuple[str, str], list[str]] = {}
    shown = _apt("apt-get", "indextargets", "--format", "$(CREATED_BY) $(REPO_URI) $(RELEASE) $(COMPONENT)")
    for line in shown.splitlines():
        kind, uri, suite, component = line.split()
        if kind == "Packages" and suite in suites and component in ("main", "universe"):
            known = found.setdefault((uri, suite), [])
            known.append(component) if component not in known else None
    for (uri, suite), components in found.items():
        yield f"deb {uri} {suite} {' '.join(components)}"


def _apt_options() -> Iterator[str]:
    for line in _apt("apt-config", "dump", "--format", "%F %v%n", *_APT_OPTIONS).splitlines():
        name, _, value = line.partition(" ")
        if value and name.startswith(_APT_OPTIONS):
            yield f'{name} "{value}"'


def _apt(*command: str) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "LC_ALL": "C"}
        )
    except FileNotFoundError:
        raise ImageError("the lab's Linux hosts need Debian or Ubuntu: apt is missing") from None
    if done.returncode:
        raise ImageError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


def _release() -> dict[str, str]:
    """Return the fields of os-release."""
    lines = Path("/etc/os-release").read_text("utf-8").splitlines()
    fields = {key: value.strip('"') for key, _, value in (line.partition("=") for line in lines)}
    if "VERSION_CODENAME" not in fields:
        raise ImageError("the lab's Linux hosts need Debian or Ubuntu: /etc/os-release has no codename")
    return fields


if __name__ == "__main__":
    try:
        print(ensure())
    except ImageError as error:
        sys.exit(f"image: {error}")
