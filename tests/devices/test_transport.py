"""The connection to one device: kept alive, renewed when the device gives it up, never in a hurry."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Address

import pytest

from nanxi.devices.errors import UnreachableError
from nanxi.devices.http import transport
from nanxi.devices.http.transport import Transport

REPLY = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nDate: x\r\nWWW-Authenticate: a\r\nWWW-Authenticate: b\r\n\r\nok"
)
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def device(*replies: bytes) -> AsyncIterator[tuple[Transport, list[bytes], list[int]]]:
    """Serve ``replies`` in turn, one request each; an empty one hangs up. Yields what was asked, by connection."""
    asked: list[bytes] = []
    connections: list[int] = []
    left = list(replies)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(0)
        while left:
            try:
                asked.append(await reader.readuntil(b"<x/>"))
            except asyncio.IncompleteReadError:
                break
            connections[-1] += 1
            reply = left.pop(0)
            writer.write(reply)
            if not reply or reply.endswith(b"bye"):
                break
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    link = Transport(IPv4Address("127.0.0.1"), server.sockets[0].getsockname()[1])
    try:
        yield link, asked, connections
    finally:
        await link.close()
        server.close()


async def test_one_connection_for_all_requests() -> None:
    async with device(REPLY, REPLY, REPLY) as (link, asked, connections):
        for _ in range(3):
            reply = await link.send("POST", "/onvif/device_service", b"<x/>", {"Content-Type": "y"})
        assert (reply.status, reply.body, reply.challenges) == (200, b"ok", ("a", "b"))
        assert connections == [3]
        assert asked[0].startswith(b"POST /onvif/device_service HTTP/1.1\r\nHost: 127.0.0.1:")
        assert b"Content-Length: 4\r\n\r\n<x/>" in asked[0]


async def test_a_device_that_hangs_up_after_each_reply() -> None:
    hangs_up = REPLY.replace(b"ok", b"") + b"bye"
    hangs_up = hangs_up.replace(b"Content-Length: 2", b"Content-Length: 3")
    async with device(hangs_up, hangs_up, REPLY) as (link, _asked, connections):
        for _ in range(3):
            assert (await link.send("POST", "/", b"<x/>", {})).status == 200
        assert connections == [1, 1, 1]


async def test_a_reply_that_ends_with_the_connection() -> None:
    async with device(b"HTTP/1.0 200 OK\r\n\r\nbye") as (link, _asked, _connections):
        assert (await link.send("POST", "/", b"<x/>", {})).body == b"bye"


async def test_a_read_is_sent_again_when_the_kept_connection_was_given_up() -> None:
    async with device(REPLY, b"", REPLY) as (link, asked, connections):
        await link.send("POST", "/", b"<x/>", {})
        assert (await link.send("POST", "/", b"<x/>", {})).body == b"ok"
        assert (len(asked), connections) == (3, [2, 1])


async def test_a_password_change_is_never_sent_twice() -> None:
    async with device(REPLY, b"", REPLY) as (link, asked, connections):
        await link.send("POST", "/", b"<x/>", {})
        with pytest.raises(UnreachableError, match="without an answer"):
            await link.send("POST", "/", b"<x/>", {}, repeatable=False)
        assert (len(asked), connections) == (2, [1, 1])


async def test_never_more_than_a_burst_in_a_window(monkeypatch: pytest.MonkeyPatch) -> None:
    """O18: too many requests at once freeze some cameras."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async with device(*[REPLY] * (transport.BURST + 1)) as (link, _asked, _connections):
        monkeypatch.setattr(transport.asyncio, "sleep", sleep)
        for _ in range(transport.BURST):
            await link.send("POST", "/", b"<x/>", {})
        assert not slept
        await link.send("POST", "/", b"<x/>", {})
    assert len(slept) == 1
    assert 0 < slept[0] <= transport.WINDOW_S


async def test_nobody_there() -> None:
    link = Transport(IPv4Address("127.0.0.1"), 1)
    with pytest.raises(UnreachableError, match="no connection: Connection refused"):
        await link.send("POST", "/", b"<x/>", {})
