"""Make passwords for the devices that have none, durably and before any run sends one (C1, C7)."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from nanxi.county.model import Plan
from nanxi.credentials.store import CredentialError, Decrypt, Store
from nanxi.devices.declare import ADMIN, RECORDER, SIP, SNMP_AUTH, SNMP_PRIVACY, aspects_of
from nanxi.estate import Estate
from nanxi.files import write_atomically
from nanxi.register.model import Device, Host, Kind, Management, State, Switch

#: Turns plain text into the content of a vault file; raises CredentialError.
Encrypt = Callable[[bytes], bytes]

#: What cameras of all makers accept: 8 to 16 characters of at least three of the four classes. Only signs that mean
#: nothing in XML, in a URL or in a shell: some firmware forgets to escape them.
MIN_LENGTH, MAX_LENGTH = 8, 16
SIGNS = "-."
CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, SIGNS)
ALPHABET = frozenset("".join(CLASSES))
#: Without the letters that people mix up when they type a password at a pole.
_TYPED = "".join(sorted(ALPHABET - set("Il1O0o")))


def new_password() -> str:
    """Return a random password of 16 characters (93 bits) that every camera accepts."""
    while True:
        password = "".join(secrets.choice(_TYPED) for _ in range(MAX_LENGTH))
        # Some web pages cut a sign at either end.
        if password[0] not in SIGNS and password[-1] not in SIGNS and fits(password):
            return password


def fits(password: str) -> bool:
    """Return whether cameras of all makers accept ``password``."""
    classes = sum(any(sign in group for sign in password) for group in CLASSES)
    return MIN_LENGTH <= len(password) <= MAX_LENGTH and set(password) <= ALPHABET and classes >= 3


def needs_password(device: Device) -> bool:
    """Return whether a device must have its passwords in the vault: also before it is installed."""
    return (
        (bool(aspects_of(device.kind)) or isinstance(device, Switch | Host))
        and device.spoken_to
        and device.management is Management.MANAGED
        and device.state is not State.RETIRED
    )


def accounts_of(device: Device, plan: Plan) -> tuple[str, ...]:
    """Return the names of the passwords that a device needs: its accounts, and one for the platform of its network."""
    if isinstance(device, Switch):
        return (ADMIN.name, SNMP_AUTH, SNMP_PRIVACY)
    if isinstance(device, Host):
        return (SNMP_AUTH, SNMP_PRIVACY)  # people and playbooks come in with keys
    platform = (SIP,) if device.network in plan.policies.platforms_access else ()
    # Recorders tell their disks by SNMP; no API for its keys is common to their makers: they are typed in on the spot.
    disks = (SNMP_AUTH, SNMP_PRIVACY) if device.kind is Kind.NVR else ()
    return (ADMIN.name, RECORDER.name, *platform, *disks)


def issue(
    estate: Estate, inventory: Path, decrypt: Decrypt, encrypt: Encrypt, unit: str | None = None
) -> dict[str, list[str]]:
    """Give every device without one its passwords, and return the hosts that got one, by unit.

    A password that exists is never changed. When this returns the files are on the disk.

    Raises:
        CredentialError: a file cannot be opened; files of other units may already be written.
    """
    chosen = (one for one in estate.devices.values() if needs_password(one) and unit in (None, one.unit))
    needed = {device: accounts_of(device, estate.plan) for device in chosen}
    return _complete(needed, new_password, inventory, decrypt, encrypt)


def keep(
    devices: Iterable[Device], password: str, inventory: Path, decrypt: Decrypt, encrypt: Encrypt
) -> dict[str, list[str]]:
    """Store the password that devices have had since before Nanxi, and return the hosts that lacked one, by unit.

    It is what an existing device is signed in to with, under the name of Nanxi's own account. A password that the
    vault has is never changed.

    Raises:
        CredentialError: as for :func:`issue`.
    """
    needed = dict.fromkeys(devices, (ADMIN.name,))
    return _complete(needed, lambda: password, inventory, decrypt, encrypt)


def _complete(
    needed: Mapping[Device, tuple[str, ...]],
    make: Callable[[], str],
    inventory: Path,
    decrypt: Decrypt,
    encrypt: Encrypt,
) -> dict[str, list[str]]:
    """Give every named account without a password one that ``make`` makes."""
    units: dict[str, dict[str, tuple[str, ...]]] = {}
    for device, names in needed.items():
        units.setdefault(device.unit, {})[device.host] = names
    issued: dict[str, list[str]] = {}
    with _locked(inventory / "credentials"):
        store = Store(inventory, decrypt)
        for key, hosts in units.items():
            path = store.path(key)
            passwords = store.unit(key) if path.exists() else {}
            missing = [
                host for host, names in hosts.items() if not set(names) <= set(passwords.get(host, {}))
            ]
            if not missing:
                continue
            made = {
                host: {name: make() for name in hosts[host]} | passwords.get(host, {}) for host in missing
            }
            content = json.dumps(passwords | made, indent=1, sort_keys=True).encode()
            write_atomically(path, encrypt(content), mode=0o600)
            issued[key] = missing
    return issued


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder of credentials, so that two people do not issue different passwords at once."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise CredentialError(f"{folder} is being written by another process; try again") from None
    finally:
        os.close(handle)
