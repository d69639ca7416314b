"""The control socket: one JSON request a line, one JSON answer. Only the gate's user and group can open it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from nanxi.findings import NanxiError

_LINE, _WAIT_S, _LONGEST_S = 4096, 5.0, 600.0


class ControlError(NanxiError):
    """The gate does not answer on its control socket."""


async def serve(
    path: Path,
    status: Callable[[], dict[str, object]],
    wait: Callable[[str, float], Awaitable[dict[str, object]]],
) -> asyncio.Server:
    """Answer on a Unix socket until the server is closed.

    ``{"ask": "status"}`` is answered by ``status``; ``{"ask": "wait", "stream": "host/main", "seconds": 60}`` by ``wait``
    once pictures come in, or when the time is over.

    Raises:
        OSError: the socket cannot be made.
    """

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, ValueError, TimeoutError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_WAIT_S):
                line = await reader.readline()
            reply = await _reply(line)
            async with asyncio.timeout(_WAIT_S):
                writer.write(json.dumps(reply, ensure_ascii=False).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _reply(line: bytes) -> dict[str, object]:
        asked = json.loads(line)
        match asked:
            case {"ask": "status"}:
                return status()
            case {"ask": "wait", "stream": str(stream), "seconds": int() | float() as seconds}:
                return await wait(stream, min(float(seconds), _LONGEST_S))
        return {"error": 'ask {"ask": "status"} or {"ask": "wait", "stream": "host/main", "seconds": 60}'}

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
