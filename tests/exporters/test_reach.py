"""Prober ``reach`` against real sockets: one open port is enough, silence and refusal are none, and nothing is said."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from ipaddress import IPv4Address
from typing import Any

import pytest

from exporters.config import ModuleConfig
from exporters.probe import Result, Verdict, run_probe
from exporters.reach.probe import probe_reach
from nanxi.county.model import Network
from nanxi.register.model import Kind, Nvr, State

HERE = "127.0.0.1"
MODULE = ModuleConfig(prober="reach", kinds=frozenset({Kind.NVR}), interval_s=10, deadline_s=5)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as one:
        yield one


def listening(stack: ExitStack) -> socket.socket:
    return stack.enter_context(socket.create_server((HERE, 0)))


def refusing(stack: ExitStack) -> int:
    """Return a port that is taken and not listened on."""
    taken = stack.enter_context(socket.socket())
    taken.bind((HERE, 0))
    return int(taken.getsockname()[1])


def silent(stack: ExitStack) -> int:
    """Return a port that drops connections without a word: its queue is full."""
    full = stack.enter_context(socket.create_server((HERE, 0), backlog=0))
    port = int(full.getsockname()[1])
    for _ in range(3):
        one = stack.enter_context(socket.socket())
        one.setblocking(False)
        one.connect_ex((HERE, port))
    return port


async def reach(http_port: int, rtsp_port: int, address: str | None = HERE) -> Result:
    device = Nvr(
        unit="unit",
        serial=1,
        code="33032401001180000001",
        name="录像机",
        state=State.ACCEPTED,
        vendor="generic",
        network=Network.POLICE,
        channels=8,
        ipv4=IPv4Address(address) if address else None,
        http_port=http_port,
        rtsp_port=rtsp_port,
    )
    services: Any = None  # neither account nor register is needed
    return await run_probe(probe_reach, device, MODULE, services, MODULE.deadline_s)


async def test_a_device_that_takes_a_connection_is_there_and_hears_nothing(stack: ExitStack) -> None:
    server = listening(stack)
    assert (await reach(server.getsockname()[1], refusing(stack))).verdict is Verdict.OK
    taken, _ = server.accept()
    with taken, pytest.raises(ConnectionResetError):  # reset, not left behind in the device's table
        taken.recv(1)


@pytest.mark.parametrize("dead", [refusing, silent])
async def test_one_port_is_enough(stack: ExitStack, dead: Callable[[ExitStack], int]) -> None:
    server = listening(stack)
    assert (await reach(dead(stack), server.getsockname()[1])).verdict is Verdict.OK
    assert (await reach(server.getsockname()[1], dead(stack))).verdict is Verdict.OK


@pytest.mark.parametrize("dead", [refusing, silent])
async def test_no_port_is_unreachable(stack: ExitStack, dead: Callable[[ExitStack], int]) -> None:
    result = await reach(dead(stack), dead(stack))
    assert result.verdict is Verdict.UNREACHABLE
    assert any("no connection" in line for line in result.log.lines)


async def test_without_an_address_nothing_is_tried() -> None:
    assert (await reach(80, 554, None)).verdict is Verdict.UNDECLARED
