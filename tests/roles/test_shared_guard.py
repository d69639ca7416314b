"""One lock-out guard for a host (D7): the gate and the exporters are other users, and know of each other's refusals."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from nanxi.devices.driver import Credential, Secret
from nanxi.devices.errors import LockedError, RefusedError
from nanxi.devices.guard import LockoutGuard
from nanxi.fleet.jobs import SHARED_GUARD, shared_guard

ROOT = Path(__file__).parents[2]
HOST = "shangtang-cam0001"
GROUP, GATE, EXPORTER, STRANGER = 64_001, 64_002, 64_003, 64_004
#: As their units have it: the one lets its group read, the other nobody.
UMASKS = {GATE: 0o027, EXPORTER: 0o077, STRANGER: 0o022}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder as the role makes it, below one that everybody may pass."""
    if os.geteuid():
        pytest.skip("needs root to be other users")
    for parent in (tmp_path, tmp_path.parent, tmp_path.parent.parent):
        parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
    path = tmp_path / "guard"
    path.mkdir()
    os.chown(path, 0, GROUP)
    path.chmod(0o2770)
    return path


def as_user(user: int, call: Callable[[], object]) -> str:
    """Run ``call`` as a service with that user would; return the error's kind, empty without one."""
    reader, writer = multiprocessing.Pipe(duplex=False)

    def child() -> None:
        os.setgroups([GROUP] if user != STRANGER else [])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        os.umask(UMASKS[user])
        try:
            call()
        except (OSError, RefusedError, LockedError) as error:
            writer.send(type(error).__name__)
        else:
            writer.send("")

    process = multiprocessing.get_context("fork").Process(target=child)
    process.start()
    process.join(20)
    assert process.exitcode == 0
    return str(reader.recv())


def signs_in(folder: Path, password: str, *, refused: bool) -> Callable[[], None]:
    async def attempt() -> None:
        async with LockoutGuard(folder).attempt(HOST, Credential("recorder", Secret(password))):
            if refused:
                raise RefusedError("no")

    return lambda: asyncio.run(attempt())


@pytest.mark.lab
@pytest.mark.parametrize(("first", "second"), [(GATE, EXPORTER), (EXPORTER, GATE)])
def test_what_one_service_was_refused_the_other_does_not_try(folder, first, second):
    assert as_user(first, signs_in(folder, "wrong", refused=True)) == RefusedError.__name__
    assert as_user(second, signs_in(folder, "wrong", refused=False)) == LockedError.__name__
    # The budget of two is one for both, and each can write what the other wrote.
    assert as_user(second, signs_in(folder, "wrong too", refused=True)) == RefusedError.__name__
    assert as_user(first, signs_in(folder, "right", refused=False)) == LockedError.__name__
    assert len(LockoutGuard(folder).states()[0].refused) == 2


@pytest.mark.lab
def test_nobody_else_reads_it(folder):
    as_user(GATE, signs_in(folder, "wrong", refused=True))
    assert as_user(STRANGER, (folder / f"{HOST}.json").read_bytes) == "PermissionError"
    for file in folder.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) & 0o007 == 0, file.name
        assert file.stat().st_gid == GROUP, file.name


def test_a_guard_of_ones_own_stays_ones_own(tmp_path):
    guard = LockoutGuard(tmp_path / "guard")
    with pytest.raises(RefusedError):
        signs_in(guard.path, "wrong", refused=True)()
    assert {stat.S_IMODE(file.stat().st_mode) for file in guard.path.iterdir()} == {0o600}


def test_gate_exporters_and_role_name_the_same_folder(monkeypatch):
    (made,) = (
        task["ansible.builtin.file"]
        for task in yaml.safe_load((ROOT / "roles/runtime/tasks/main.yml").read_text())
        if "lock-out guard" in task["name"]
    )
    assert (made["path"], made["group"], made["mode"]) == (str(SHARED_GUARD), "nanxi", "2770")
    assert f"'guard': '{SHARED_GUARD}'" in (ROOT / "roles/gate/templates/gate.yml.j2").read_text()
    for unit in ("roles/gate/templates/nanxi-gate.service.j2", "exporters/systemd/nanxi-exporter@.service"):
        lines = (ROOT / unit).read_text().splitlines()
        assert f"ReadWritePaths={SHARED_GUARD}" in lines, unit
        assert "SupplementaryGroups=nanxi" in lines, unit
    assert f"Environment=NANXI_GUARD={SHARED_GUARD}" in lines
    monkeypatch.setenv("NANXI_GUARD", str(SHARED_GUARD))
    monkeypatch.setenv("NANXI_STATE", "/var/lib/nanxi-exporter")
    assert shared_guard().path == SHARED_GUARD
