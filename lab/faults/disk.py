"""A forgetful disk for a test: started, mounted, cut and mounted again from Python."""

from __future__ import annotations

import json
import os
import pickle
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from lab.faults.lossyfs import Record

_PATIENCE_S = 10.0
#: Forced: whoever has files open gets errors from now on, and the next mount does not wait for them.
_UMOUNT = ("umount", "-f", "-l")


class LossyDisk:
    """A ``lossyfs`` of one's own below ``folder``; as a context manager it is mounted at ``path``, and gone afterwards."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "lossy"
        self._socket = folder / "lossy.sock"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.path.mkdir()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "lab.faults.lossyfs", str(self.path), str(self._socket)],
            stdin=subprocess.DEVNULL,
        )
        self._wait(self._socket.exists)
        self.mount()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unmount()
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def mount(self) -> None:
        """Switch the power on and mount."""
        self.ask("mount")
        self._wait(lambda: os.path.ismount(self.path))

    def unmount(self) -> None:
        """Take it away, whoever still has files open."""
        subprocess.run([*_UMOUNT, str(self.path)], capture_output=True, check=False)

    def cut(self, seed: int | None = None) -> None:
        """Cut the power; what was not synced is lost, save what ``seed`` lets through."""
        self.ask("cut", seed=seed)

    def cut_at(self, step: int, seed: int | None = None) -> None:
        """Cut the power ``step`` steps from now."""
        self.ask("cut-at", step=step, seed=seed)

    def again(self) -> None:
        """Come up after a cut, as a host that boots."""
        self.unmount()
        self._wait(lambda: not os.path.ismount(self.path))
        self.mount()

    def renew(self) -> None:
        """Start over with an empty disk."""
        self.unmount()
        self._wait(lambda: not os.path.ismount(self.path))
        self.ask("new")
        self.mount()

    def steps(self) -> int:
        """Return how many steps there were."""
        return int(self.ask("state")["steps"])

    def record(self) -> None:
        """Keep what is done from now on; the disk must be empty (``renew``)."""
        self.ask("record")

    def note(self, text: str) -> None:
        """Put a remark into what is recorded."""
        self.ask("note", text=text)

    def recorded(self) -> Record:
        """Return what was done since :meth:`record`, and record no more."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "record"
            self.ask("recorded", to=str(file))
            found: Record = pickle.loads(file.read_bytes())  # noqa: S301 - our own process wrote it
        return found

    def ask(self, do: str, **more: Any) -> dict[str, Any]:
        """Send a command of the control socket and return the answer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(_PATIENCE_S)
            connection.connect(str(self._socket))
            with connection.makefile("rw", encoding="utf-8") as stream:
                stream.write(json.dumps({"do": do, **more}) + "\n")
                stream.flush()
                answer: dict[str, Any] = json.loads(stream.readline())
        if "error" in answer:
            raise RuntimeError(f"lossyfs: {answer['error']}")
        return answer

    def _wait(self, ready: Any) -> None:
        deadline = time.monotonic() + _PATIENCE_S
        while not ready():
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError("lossyfs ended (is libfuse2 installed, and may this process mount?)")
            if time.monotonic() > deadline:
                raise RuntimeError(f"lossyfs was not ready after {_PATIENCE_S} s")
            time.sleep(0.005)
