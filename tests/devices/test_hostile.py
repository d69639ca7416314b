"""Replies that no camera may send: a typed error, in bounded time and memory, and nothing else."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import resource
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nanxi.devices.assess import Job
from nanxi.devices.declare import target
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http import connection
from nanxi.devices.outcome import Verdict
from nanxi.devices.survey import survey
from tests.devices.twins import DECLARED, VAULT

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\n"
ENVELOPE = b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>'


def _whole(body: bytes, headers: bytes = b"") -> bytes:
    return OK + headers + b"Content-Length: %d\r\n\r\n" % len(body) + body


#: What the device says, then closes: name -> (bytes, verdict, words of the reason).
SAID = {
    "nothing": (b"", Verdict.UNREACHABLE, "without an answer"),
    "html": (_whole(b"<html><body>It works!</body></html>"), Verdict.HOSTILE, "HTML page"),
    "json": (_whole(b"{}"), Verdict.HOSTILE, "not SOAP"),
    "empty": (_whole(b""), Verdict.HOSTILE, "not SOAP"),
    "half-xml": (_whole(ENVELOPE), Verdict.HOSTILE, "not SOAP"),
    "half-reply": (OK + b"Content-Length: 9999\r\n\r\n" + ENVELOPE, Verdict.HOSTILE, "broke off"),
    "half-chunked": (OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\nabc", Verdict.HOSTILE, "broke off"),
    "length-too-short": (OK + b"Content-Length: 5\r\n\r\n" + ENVELOPE, Verdict.HOSTILE, "answered something"),
    "negative-length": (OK + b"Content-Length: -1\r\n\r\nx", Verdict.HOSTILE, "not HTTP"),
    "gzip": (
        _whole(gzip.compress(b"<a/>" * 100_000), b"Content-Encoding: gzip\r\n"),
        Verdict.HOSTILE,
        "compressed",
    ),
    "doctype": (
        _whole(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        Verdict.HOSTILE,
        "DOCTYPE",
    ),
    "redirect": (
        b"HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        Verdict.HOSTILE,
        "redirects",
    ),
    "ssh": (b"SSH-2.0-OpenSSH_9.2\r\n", Verdict.HOSTILE, "not HTTP"),
    "huge-header": (OK + b"X: " + b"a" * 100_000 + b"\r\n\r\n", Verdict.HOSTILE, "not HTTP"),
    "many-headers": (OK + b"X: y\r\n" * 5000 + b"\r\n", Verdict.HOSTILE, "not HTTP"),
    "too-large": (_whole(b"x" * (3 << 20)), Verdict.HOSTILE, "more than"),
}  # fmt: skip


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"\r\n" + ENVELOPE)
    while True:
        writer.write(b"<a>x</a>" * 8192)
        await writer.drain()


async def _endless_headers(writer: asyncio.StreamWriter) -> None:
    writer.write(OK)
    while True:
        writer.write(b"X-More: y\r\n" * 1000)
        await writer.drain()


async def _slow_body(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"Content-Length: 9999\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _slow_header(writer: asyncio.StreamWriter) -> None:
    writer.write(OK + b"X: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.02)


async def _silence(_writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


#: What the device does without end: name -> (behaviour, verdict).
DONE = {
    "endless": (_endless, Verdict.HOSTILE),
    "endless-headers": (_endless_headers, Verdict.HOSTILE),
    "slow-body": (_slow_body, Verdict.HOSTILE),
    "slow-header": (_slow_header, Verdict.UNREACHABLE),
    "silence": (_silence, Verdict.UNREACHABLE),
}


async def _meet(
    behave: Callable[[asyncio.StreamWriter], Awaitable[None]], guard: Path
) -> tuple[Verdict, str]:
    asked = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        try:
            await reader.readuntil(b"</s:Envelope>")
            await behave(writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    declared = dataclasses.replace(
        DECLARED,
        address=DECLARED.address.__class__("127.0.0.1"),
        http_port=server.sockets[0].getsockname()[1],
    )
    (outcome,) = await survey([Job(declared, target(declared, passwords=VAULT))], guard=LockoutGuard(guard))
    server.close()
    assert asked <= 2, "a hostile device is not asked again and again"
    return outcome.verdict, outcome.reason


@pytest.mark.parametrize("name", SAID)
async def test_said(name: str, tmp_path: Path) -> None:
    said, verdict, reason = SAID[name]

    async def behave(writer: asyncio.StreamWriter) -> None:
        writer.write(said)

    found = await _meet(behave, tmp_path)
    assert (found[0], reason if reason in found[1] else found[1]) == (verdict, reason)


@pytest.mark.parametrize("name", DONE)
async def test_done(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "REPLY_S", 0.5)
    behave, verdict = DONE[name]
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = await _meet(behave, tmp_path)
    assert found[0] is verdict, found
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10  # KiB: goal S2
