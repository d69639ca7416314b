"""The control socket: one JSON request a line, one JSON answer. Only the gate's user and group can open it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nanxi.findings import NanxiError

_LINE, _WAIT_S = 4096, 5.0


class ControlError(NanxiError):
    """The gate does not answer on its control socket."""


async def serve(path: Path, status: Callable[[], dict[str, object]]) -> asyncio.Server:
    """Answer ``{"ask": "status"}`` on a Unix socket until the server is closed.

    Raises:
        OSError: the socket cannot be made.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError, TimeoutError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_WAIT_S):
                line = await reader.readline()
                asked = json.loads(line)
                known = isinstance(asked, dict) and asked.get("ask") == "status"
                reply = status() if known else {"error": 'ask {"ask": "status"}'}
                writer.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        writer.close()

    return await asyncio.start_unix_server(answer, sock=_listener(path), limit=_LINE)


def _listener(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)  # left by a gate that was killed; two gates cannot have one port anyway
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        path.chmod(0o660)
    except OSError:
        listener.close()
        raise
    return listener


def ask_status(path: Path) -> dict[str, Any]:
    """Return the status of the gate that answers at ``path``; for exporters and scripts.

    Raises:
        ControlError: nobody answers, or not in JSON.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
            asking.settimeout(_WAIT_S)
            asking.connect(str(path))
            asking.sendall(b'{"ask": "status"}\n')
            with asking.makefile("rb") as stream:
                found = json.loads(stream.readline(64 << 20))
    except (OSError, ValueError) as error:
        raise ControlError(f"the gate does not answer at {path}: {error}") from None
    if not isinstance(found, dict):
        raise ControlError(f"the gate answers nonsense at {path}")
    return found
