"""A real disk for a test: a file with ext4 on it, which fills, breaks, lets itself only be read, and can be taken out."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.support.lab import need


class Ext4:
    """A disk of some MB that is mounted at ``path``; nothing of it is left when the test's folder is.

    ``or_memory``: where there are no loop devices memory will do, which fills but does not break.
    """

    def __init__(self, path: Path, megabytes: int, *, or_memory: bool = False) -> None:
        need("mkfs.ext4", "losetup")
        self._memory = f"size={megabytes}m,mode=755" if or_memory else ""
        if os.geteuid():
            pytest.skip("needs root to mount")
        self.path, self.file = path, path.with_name(f"{path.name}.ext4")
        path.mkdir(exist_ok=True)
        with self.file.open("wb") as stream:
            stream.truncate(megabytes << 20)
        _run("mkfs.ext4", "-q", "-F", "-m", "0", str(self.file))
        self.put_in()

    def put_in(self) -> None:
        """Mount it, checked and mended first, as a person does before a disk that broke is used again."""
        subprocess.run(["e2fsck", "-y", str(self.file)], capture_output=True, check=False)
        try:
            _run("mount", "-o", "loop,errors=remount-ro", str(self.file), str(self.path))
        except subprocess.CalledProcessError as error:
            if self._memory:
                _run("mount", "-t", "tmpfs", "-o", self._memory, "nanxi-tiny", str(self.path))
                return
            pytest.skip(f"no loop device can be mounted here: {error.stderr.strip()}")

    def take_out(self) -> None:
        """Take it away, whoever has files open on it."""
        _run("umount", "--lazy", str(self.path))

    def break_(self) -> None:
        """Let it find itself damaged, so that it lets itself only be read from now on."""
        device = _run("findmnt", "--noheadings", "--output", "SOURCE", str(self.path)).strip()
        Path(f"/sys/fs/ext4/{Path(device).name}/trigger_fs_error").write_text("a test\n")

    def close(self) -> None:
        """Take it away for good."""
        while self.path.is_mount():
            self.take_out()


def _run(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
