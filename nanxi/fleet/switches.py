"""Switches of an estate: their jobs, and a run over many of them at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from nanxi.credentials import ClosedError, CredentialError, Store
from nanxi.devices.declare import ADMIN, UndeclaredError
from nanxi.devices.driver import Credential, Target
from nanxi.devices.errors import DeviceError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.signin import sign_in
from nanxi.devices.switch import proofs
from nanxi.devices.switch.converge import converge
from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.intent import intend
from nanxi.devices.switch.job import Connect, Proof, Surroundings, SwitchJob
from nanxi.devices.switch.netmiko_shell import NetmikoShell
from nanxi.devices.switch.reading import tree_of
from nanxi.devices.switch.render import render
from nanxi.devices.switch.shell import Shell
from nanxi.devices.switch.terms import DEFAULT_TERMS, Terms
from nanxi.estate import Estate
from nanxi.findings import NanxiError
from nanxi.fleet.jobs import may_write
from nanxi.register.model import Camera, Switch

#: So many cameras of a switch prove that it still carries them.
_WITNESSES = 3
_SECRET = re.compile(r"<secret:([a-z_]+)>")


def switch_job(estate: Estate, store: Store, host: str, terms: Terms = DEFAULT_TERMS) -> SwitchJob:
    """Return what there is to do about one switch.

    Raises:
        UndeclaredError: register and plan do not say enough.
        CredentialError: the vault lacks a secret that the switch needs.
    """
    switch = estate.devices.get(host)
    if not isinstance(switch, Switch):
        raise UndeclaredError(f"{host}: the register has no switch of this name")
    if switch.ipv4 is None:
        raise UndeclaredError(f"{host}: the register has no address of it")
    dialect = DIALECTS[switch.platform]
    text = render(intend(estate, host), dialect)
    passwords = store.passwords(switch.unit, host)
    needed = {ADMIN.name, *_SECRET.findall(text)}
    if lacking := sorted(needed - passwords.keys()):
        raise CredentialError(
            f"the vault has no {' and no '.join(lacking)} of {host} ({store.path(switch.unit)}); run `scripts/credentials new`"
        )
    target = Target(
        host=host,
        address=switch.ipv4,
        http_port=switch.http_port,
        rtsp_port=0,
        vendor=switch.vendor,
        model=switch.model,
        credentials=(Credential(ADMIN.name, passwords[ADMIN.name]),),
        passwords=passwords,
        may_write=may_write(estate, host),
    )
    return SwitchJob(
        target=target,
        dialect=dialect,
        intended=tree_of(text, dialect),
        own=terms.own,
        allow_unarmed=terms.allow_unarmed,
        timer_s=terms.timer_s,
        proofs=witnesses(estate, host),
        above=above(estate, host),
    )


def above(estate: Estate, host: str) -> tuple[str, ...]:
    """Return the switches between this one and the county's centre, the farthest from it first."""
    path: list[str] = []
    device = estate.devices.get(host)
    while device is not None and device.switch and device.switch not in (*path, host):
        path.insert(0, device.switch)
        device = estate.devices.get(device.switch)
    return tuple(path)


def witnesses(estate: Estate, host: str) -> tuple[Proof, ...]:
    """Return the proofs of a switch: a few of the cameras that hang on it answer."""
    cameras = [
        device
        for device in estate.devices.values()
        if isinstance(device, Camera) and device.switch == host and device.touchable and device.spoken_to
    ]
    return tuple(
        proofs.tcp(camera.host, camera.ipv4, camera.http_port)
        for camera in cameras[:_WITNESSES]
        if camera.ipv4 is not None
    )


def connector(guard: LockoutGuard, state: Path) -> Connect:
    """Return what opens a conversation over SSH, under the lock-out guard (D7)."""

    def connect(job: SwitchJob) -> Shell:
        opened: list[Shell] = []

        async def attempt(credential: Credential) -> None:
            opened.append(NetmikoShell.open(job.target, job.dialect, credential, state))

        asyncio.run(sign_in(job.target, guard, attempt))
        return opened[0]

    return connect


def converge_switch(job: SwitchJob, guard: LockoutGuard, state: Path, *, check: bool = False) -> Outcome:
    """Make a switch as declared; see :func:`nanxi.devices.switch.converge.converge`."""
    return converge(job, Surroundings(connector(guard, state)), state, check=check)


def survey_switches(
    estate: Estate,
    store: Store,
    hosts: Iterable[str],
    *,
    guard: LockoutGuard,
    state: Path,
    terms: Terms = DEFAULT_TERMS,
    concurrency: int = 16,
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Read switches at once, each in a thread since netmiko blocks, and say what differs; nothing is written to any.

    Raises:
        ClosedError: the vault cannot be opened.
    """
    outcomes: list[Outcome] = []

    def look(host: str) -> Outcome:
        try:
            return converge_switch(switch_job(estate, store, host, terms), guard, state, check=True)
        except ClosedError:
            raise
        except (NanxiError, DeviceError) as error:
            return Outcome(host, Verdict.FAILED, str(error))

    with ThreadPoolExecutor(max(1, concurrency)) as pool:
        for done in as_completed([pool.submit(look, host) for host in hosts]):
            outcomes.append(done.result())
            if progress:
                progress(outcomes[-1])
    return sorted(outcomes, key=lambda outcome: outcome.host)
