"""The lock-out guard: shared by processes, stingy, and without any secret."""

from __future__ import annotations

import asyncio
import json
import stat
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from nanxi.devices.driver import Credential, Secret
from nanxi.devices.errors import LockedError, RefusedError, UnreachableError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.lockout import BUDGET

HOST = "shangtang-cam0001"
VAULT = Credential("admin", Secret("canary-password-of-the-vault"))
OTHER = Credential("admin", Secret("canary-password-of-the-works"), "factory")
THIRD = Credential("root", Secret("third"), "factory")


@pytest.fixture
def guard(tmp_path: Path) -> LockoutGuard:
    return LockoutGuard(tmp_path / "guard")


async def refuse(guard: LockoutGuard, credential: Credential, attempts_left: int | None = None) -> None:
    with pytest.raises(RefusedError):
        async with guard.attempt(HOST, credential):
            raise RefusedError("no", attempts_left)


async def test_a_refused_credential_is_not_tried_again(guard: LockoutGuard) -> None:
    await refuse(guard, VAULT)
    with pytest.raises(LockedError, match="the vault password of 'admin' was refused"):
        async with guard.attempt(HOST, VAULT):
            pytest.fail("tried")
    async with guard.attempt("oubei-cam0001", VAULT):
        pass


async def test_a_changed_credential_may_be_tried(guard: LockoutGuard) -> None:
    await refuse(guard, VAULT)
    async with guard.attempt(HOST, OTHER):
        pass
    guard.check(HOST, [VAULT, OTHER])


async def test_the_budget_holds_over_different_credentials(guard: LockoutGuard) -> None:
    for number in range(BUDGET):
        await refuse(guard, Credential("admin", Secret(f"wrong {number}")))
    with pytest.raises(LockedError, match="2 logins failed in the last 30 minutes"):
        async with guard.attempt(HOST, THIRD):
            pytest.fail("tried")
    with pytest.raises(LockedError):
        guard.check(HOST, [THIRD])


async def test_the_budget_is_there_again_after_half_an_hour(guard: LockoutGuard) -> None:
    await refuse(guard, VAULT)
    await refuse(guard, OTHER)
    file = guard.path / f"{HOST}.json"
    state = json.loads(file.read_text())
    state["failures"] = [(datetime.now(UTC) - timedelta(minutes=31)).isoformat()] * 2
    file.write_text(json.dumps(state))
    async with guard.attempt(HOST, THIRD):
        pass
    with pytest.raises(LockedError):  # a refusal does not grow old
        async with guard.attempt(HOST, VAULT):
            pytest.fail("tried")


async def test_few_attempts_left_stop_everything(guard: LockoutGuard) -> None:
    await refuse(guard, VAULT, attempts_left=2)
    with pytest.raises(LockedError, match="leaves only 2 attempts"):
        async with guard.attempt(HOST, OTHER):
            pytest.fail("tried")


async def test_a_device_that_says_it_is_locked(guard: LockoutGuard) -> None:
    with pytest.raises(LockedError):
        async with guard.attempt(HOST, VAULT):
            raise LockedError("locked", by_device=True, locked_s=600)
    (state,) = guard.states()
    assert state.locked_until is not None
    assert timedelta(minutes=9) < state.locked_until - datetime.now(UTC) <= timedelta(minutes=10)
    with pytest.raises(LockedError, match="wait until"):
        guard.check(HOST, [OTHER])


async def test_other_errors_cost_nothing(guard: LockoutGuard) -> None:
    with pytest.raises(UnreachableError):
        async with guard.attempt(HOST, VAULT):
            raise UnreachableError("cable")
    assert guard.states() == []


async def test_a_password_that_we_set_is_no_longer_refused(guard: LockoutGuard) -> None:
    await refuse(guard, VAULT)
    guard.forget(HOST, VAULT)
    async with guard.attempt(HOST, VAULT):
        pass
    assert len(guard.states()[0].failures) == 1  # it still counts in the budget


async def test_a_person_clears_it(guard: LockoutGuard) -> None:
    await refuse(guard, VAULT)
    assert guard.clear(HOST)
    assert not guard.clear(HOST)
    guard.check(HOST, [VAULT])


async def test_no_secret_and_no_reader(guard: LockoutGuard) -> None:
    await refuse(guard, VAULT)
    files = [guard.path, *guard.path.iterdir()]
    assert {stat.S_IMODE(file.stat().st_mode) & 0o077 for file in files} == {0}
    assert not any(b"canary" in file.read_bytes() for file in files if file.is_file())


async def test_shared_with_other_processes(guard: LockoutGuard) -> None:
    await refuse(guard, VAULT)
    script = (
        "import sys; from pathlib import Path; from nanxi.devices.guard import LockoutGuard;"
        "from nanxi.devices.driver import Credential, Secret;"
        f"LockoutGuard(Path(sys.argv[1])).check({HOST!r}, [Credential('admin', Secret(sys.argv[2]))])"
    )
    command = [sys.executable, "-c", script, str(guard.path), VAULT.password.value]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
    _, said = await process.communicate()
    assert b"LockedError" in said


async def test_two_at_once_spend_one_password(guard: LockoutGuard) -> None:
    second = LockoutGuard(guard.path)
    async with guard.attempt(HOST, VAULT):
        waiting = asyncio.ensure_future(_enter(second))
        done, _ = await asyncio.wait([waiting], timeout=0.1)
        assert not done
    await waiting


async def _enter(guard: LockoutGuard) -> None:
    async with guard.attempt(HOST, VAULT):
        pass


async def test_a_damaged_file_holds(guard: LockoutGuard) -> None:
    await refuse(guard, VAULT)
    (guard.path / f"{HOST}.json").write_text("{")
    with pytest.raises(LockedError, match="cannot be read"):
        guard.check(HOST, [OTHER])


def test_threads_of_one_process_agree_on_the_key_when_none_is_there_yet(tmp_path: Path) -> None:
    """Switches are surveyed in threads, each with a guard of its own: the first use of a host's guard is a race."""
    for turn in range(20):
        folder = tmp_path / str(turn)
        start = threading.Barrier(8)

        def first_use(folder: Path = folder, start: threading.Barrier = start) -> bytes:
            start.wait()
            return LockoutGuard(folder)._fingerprint_key()

        with ThreadPoolExecutor(8) as pool:
            keys = [future.result() for future in [pool.submit(first_use) for _ in range(8)]]
        assert len(set(keys)) == 1
        assert [path.name for path in folder.iterdir()] == ["key"]
        assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
