"""S2 over SSH: whatever stands in a switch's place ends in a typed error, in time, and costs no memory."""

import json
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tests.hostile.cases import FOLDER

CASES = sorted((FOLDER / "ssh").glob("*.yml"))
_MEMORY = 64 << 20  # S2
_SECONDS = 30  # twice S2's: it is tried twice


class Server:
    """Sends what a case says to whoever connects, until it is closed."""

    def __init__(self, case: dict) -> None:
        self._case = case
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        start = self._case.get("start", "").encode("latin-1")
        piece = self._case.get("piece", "").encode("latin-1") * 4096
        with client, suppress(OSError):
            client.settimeout(60)
            for part in (
                [start[at : at + 1] for at in range(len(start))] if "pause" in self._case else [start]
            ):
                client.sendall(part)
                time.sleep(self._case.get("pause", 0))
            while piece:
                client.sendall(piece)
            while not self._case.get("closes") and client.recv(1 << 16):
                pass


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_ends_in_a_typed_error(file: Path, tmp_path: Path) -> None:
    case = yaml.safe_load(file.read_text("utf-8"))
    server = Server(case)
    command = [sys.executable, "-m", "tests.hostile.ssh", str(server.port), str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    server.close()
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    wanted = case["error"] if isinstance(case["error"], list) else [case["error"]]
    assert {error.partition(":")[0] for error in found["errors"]} <= set(wanted), found
    assert found["bytes"] <= _MEMORY
    assert found["seconds"] <= _SECONDS
    assert "Traceback" not in done.stderr, done.stderr[-2000:]
