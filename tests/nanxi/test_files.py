"""A file is whole and new or whole and old, even when the writer dies or the disk is full."""

import os
from pathlib import Path

import pytest

from nanxi.files import write_atomically


def test_permissions_are_those_asked_for_or_those_there_were(tmp_path):
    path = tmp_path / "secret"
    write_atomically(path, "one", mode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600
    write_atomically(path, "two")
    assert path.read_text() == "two"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_failing_write_leaves_the_old_file_and_no_debris(tmp_path, monkeypatch):
    path = tmp_path / "register.csv"
    path.write_text("old")

    def full_disk(_fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_the_folder_is_synced_after_the_rename(tmp_path, monkeypatch):
    order = []
    real_fsync, real_replace = os.fsync, os.replace
    monkeypatch.setattr(
        os, "fsync", lambda fd: (order.append(str(Path(f"/proc/self/fd/{fd}").readlink())), real_fsync(fd))
    )
    monkeypatch.setattr(os, "replace", lambda a, b: (order.append("replace"), real_replace(a, b)))
    write_atomically(tmp_path / "file", "text")
    assert len(order) == 3
    assert order[0].startswith(f"{tmp_path}/.file.")
    assert order[1:] == ["replace", str(tmp_path)]
