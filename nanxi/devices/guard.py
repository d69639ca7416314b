"""The lock-out guard (D7, C2): what every component on this host knows about refused passwords.

Cameras lock an account, or the client's address, after a few wrong passwords (O7: Hikvision for 30 minutes). So a
refused credential is not tried again until it changes or a person clears it, and never more than two logins fail
per device in 30 minutes, whoever tries.

One small JSON file per device with a refusal (none where all is well), readable by its owner only; on a host whose
services run as several users, by the group that may write to the folder (role ``runtime``). A credential is kept as a
keyed hash, so the files tell nobody a password.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hmac
import os
import stat
import tempfile
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from nanxi.devices.driver import Credential
from nanxi.devices.errors import LockedError, RefusedError
from nanxi.devices.lockout import WINDOW, GuardState, Refusal

_LOCK_POLL_S = 0.02


class LockoutGuard:
    """File-backed breaker in the folder ``path``, shared by all processes of one host."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._key: bytes | None = None

    def check(self, host: str, credentials: Iterable[Credential]) -> None:
        """Ask before the first packet whether any of the credentials may be tried.

        Raises:
            LockedError: none may.
        """
        state = self._load(host)
        if state is None:
            return
        now = datetime.now(UTC)
        obstacles = [state.obstacle(self._fingerprint(host, item), now) for item in credentials]
        if obstacles and all(obstacles):
            raise LockedError("; ".join(dict.fromkeys(obstacles)))

    @contextlib.asynccontextmanager
    async def attempt(self, host: str, credential: Credential) -> AsyncIterator[None]:
        """Hold the device while ``credential`` is tried in the body; a refusal in it is remembered.

        Raises:
            LockedError: this credential was refused before, or the budget is spent, or the device is locked.
        """
        fingerprint = self._fingerprint(host, credential)
        async with self._held(host):
            state = self._load(host)
            now = datetime.now(UTC)
            if state and (obstacle := state.obstacle(fingerprint, now)):
                raise LockedError(obstacle)
            try:
                yield
            except (RefusedError, LockedError) as error:
                state = state or GuardState(host=host)
                state.failures.append(now)
                if isinstance(error, RefusedError):
                    state.refused.append(Refusal(fingerprint, credential.user, credential.origin, now))
                    state.attempts_left = error.attempts_left
                else:
                    state.locked_until = now + timedelta(seconds=error.locked_s or WINDOW.seconds)
                self._store(state)
                raise
            if state and (state.attempts_left is not None or state.locked_until):
                state.attempts_left = state.locked_until = None
                self._store(state)

    def refused(self, host: str, credential: Credential) -> datetime | None:
        """Return when ``credential`` was refused, None when it never was; no other obstacle is looked at."""
        state, fingerprint = self._load(host), self._fingerprint(host, credential)
        return (
            next((one.at for one in state.refused if one.fingerprint == fingerprint), None) if state else None
        )

    async def enter(self, host: str, credential: Credential) -> None:
        """Remember a refusal that costs no login, as an SNMP agent's: it locks nobody out and spends no budget."""
        fingerprint, now = self._fingerprint(host, credential), datetime.now(UTC)
        async with self._held(host):
            state = self._load(host) or GuardState(host=host)
            state.refused = [one for one in state.refused if one.fingerprint != fingerprint]
            state.refused.append(Refusal(fingerprint, credential.user, credential.origin, now))
            self._store(state)

    async def settle(self, host: str, origin: str) -> None:
        """Drop what was entered of one origin: the device has taken a credential of it."""
        if not (state := self._load(host)) or all(one.origin != origin for one in state.refused):
            return
        async with self._held(host):
            if state := self._load(host):
                state.refused = [one for one in state.refused if one.origin != origin]
                self._store(state)

    def forget(self, host: str, credential: Credential) -> None:
        """Drop a refusal: the device now has this password because we set it."""
        state, fingerprint = self._load(host), self._fingerprint(host, credential)
        if state is None:
            return
        state.refused = [refusal for refusal in state.refused if refusal.fingerprint != fingerprint]
        self._store(state)

    def states(self) -> list[GuardState]:
        """Return what is held, sorted by host, for people and for the exporter."""
        hosts = sorted(file.stem for file in self.path.glob("*.json"))
        return [state for host in hosts if (state := self._load(host))]

    def clear(self, host: str) -> bool:
        """Forget everything about ``host`` because a person says so; return whether there was anything."""
        file = self._file(host)
        held = file.exists()
        file.unlink(missing_ok=True)
        return held

    def _file(self, host: str) -> Path:
        return self.path / f"{host}.json"

    def _load(self, host: str) -> GuardState | None:
        try:
            content = self._file(host).read_bytes()
        except FileNotFoundError:
            return None
        try:
            state = GuardState.model_validate_json(content)
        except ValidationError as error:
            raise LockedError(
                f"the guard's file {self._file(host)} cannot be read: {error.error_count()} errors"
            ) from None
        since = datetime.now(UTC) - WINDOW
        state.failures = [failure for failure in state.failures if failure > since]
        return state

    def _store(self, state: GuardState) -> None:
        """Replace the device's file in one step; nobody reads half a file."""
        file = self._file(state.host)
        if not (state.refused or state.failures or state.locked_until):
            file.unlink(missing_ok=True)
            return
        draft = file.with_suffix(f".{os.getpid()}.new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            _share(stream.fileno(), self.path)
            stream.write(state.model_dump_json())
        draft.replace(file)

    @contextlib.asynccontextmanager
    async def _held(self, host: str) -> AsyncIterator[None]:
        """Hold the device's lock: two processes never spend passwords on it at once."""
        self._fingerprint_key()  # makes the folder
        with _descriptor(self.path / f"{host}.lock") as lock:
            while True:
                with contextlib.suppress(BlockingIOError):
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                await asyncio.sleep(_LOCK_POLL_S)
            yield

    def _fingerprint(self, host: str, credential: Credential) -> str:
        message = f"{host}\0{credential.user}\0{credential.password.value}".encode()
        return hmac.digest(self._fingerprint_key(), message, "sha256").hex()[:32]

    def _fingerprint_key(self) -> bytes:
        if self._key is None:
            self._key = _key(self.path)
        return self._key


@contextlib.contextmanager
def _descriptor(path: Path) -> Iterator[int]:
    # For reading is enough to lock it, and another user's file may be no more than that.
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _share(descriptor, path.parent)
        yield descriptor
    finally:
        os.close(descriptor)


def _share(descriptor: int, folder: Path) -> None:
    """Let the folder's group read and write a file of ours where it may do so in the folder, whatever the umask says."""
    mine = os.fstat(descriptor)
    if folder.stat().st_mode & stat.S_IWGRP and mine.st_uid == os.geteuid():
        os.fchmod(descriptor, 0o660)


def _key(folder: Path) -> bytes:
    """Return the folder's key, made at its first use; whoever links it first wins, threads of one process included."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "key"
    if not file.exists():
        handle, draft = tempfile.mkstemp(dir=folder, prefix="key.")  # for its owner alone
        with os.fdopen(handle, "wb") as stream:
            stream.write(os.urandom(32))
            _share(stream.fileno(), folder)
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        Path(draft).unlink()
    return file.read_bytes()
