"""What the drivers need to know of a device: declaration, address and credentials, put together."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from nanxi.credentials import ClosedError, CredentialError, Store
from nanxi.devices.declare import RECORDER, declare, target
from nanxi.devices.driver import Credential
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.state import DeclaredDevice
from nanxi.devices.survey import Job
from nanxi.estate import Estate
from nanxi.findings import NanxiError
from nanxi.register.model import Management


def job(estate: Estate, store: Store, host: str) -> Job:
    """Return what there is to do about one device.

    Raises:
        UndeclaredError: register and plan do not say enough.
        CredentialError: the vault has no password of the device; nothing may be sent to it before.
    """
    declared = declare(estate, host)
    device = estate.devices[host]
    return Job(
        declared=declared,
        target=target(
            declared,
            passwords=store.passwords(device.unit, host),
            factory=store.factory(device.vendor),
            input_passwords=_input_passwords(estate, store, declared),
            may_write=may_write(estate, host),
        ),
        driver=device.driver,
    )


def _input_passwords(estate: Estate, store: Store, declared: DeclaredDevice) -> dict[str, Credential]:
    """Return the account that may only look of every device that an NVR takes in.

    One that the vault does not know is left out: the driver tells which input that is, and does the others.
    """
    logins: dict[str, Credential] = {}
    for host in {one.device for one in declared.inputs}:
        try:
            passwords = store.passwords(estate.devices[host].unit, host)
        except ClosedError:
            raise
        except CredentialError:
            continue
        if RECORDER.name in passwords:
            logins[host] = Credential(RECORDER.name, passwords[RECORDER.name])
    return logins


def jobs(estate: Estate, store: Store, hosts: Iterable[str]) -> tuple[list[Job], list[Outcome]]:
    """Return the jobs of ``hosts``, and an outcome for each host that there can be none of.

    Raises:
        ClosedError: the vault cannot be opened.
    """
    ready: list[Job] = []
    failed: list[Outcome] = []
    for host in hosts:
        try:
            ready.append(job(estate, store, host))
        except ClosedError:
            raise
        except NanxiError as error:
            failed.append(Outcome(host, Verdict.FAILED, str(error)))
    return ready, failed


def may_write(estate: Estate, host: str) -> bool:
    """Return whether register and state allow to write to a device."""
    device = estate.devices[host]
    return device.touchable and device.management is Management.MANAGED


#: One for the host: the role ``runtime`` makes it for the group ``nanxi``, in which every service is that signs in.
SHARED_GUARD = Path("/var/lib/nanxi/guard")


def state_folder() -> Path:
    """Return the folder of what is observed or remembered, never declared: the guard's file lies there.

    ``NANXI_STATE`` names it; else it is ``/var/lib/nanxi``, which all components of a host share, or the user's
    own state folder where that one cannot be written.
    """
    if named := os.environ.get("NANXI_STATE"):
        return Path(named)
    shared = Path("/var/lib/nanxi")
    if os.access(shared if shared.exists() else shared.parent, os.W_OK):
        return shared
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local/state") / "nanxi"


def shared_guard() -> LockoutGuard:
    """Return the lock-out guard that all components of this host share (D7), whichever user they run as.

    ``NANXI_GUARD`` names its folder: a service keeps its own state elsewhere (``NANXI_STATE``), but never its own guard.
    """
    named = os.environ.get("NANXI_GUARD")
    if named is None and "NANXI_STATE" not in os.environ and os.access(SHARED_GUARD, os.W_OK | os.X_OK):
        return LockoutGuard(SHARED_GUARD)
    return LockoutGuard(Path(named) if named else state_folder() / "guard")
