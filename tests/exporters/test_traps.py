"""Traps and informs, sent by net-snmp and by pysnmp, become metrics; strangers are dropped unread."""

from __future__ import annotations

import asyncio
import socket
import subprocess
from collections.abc import Callable
from ipaddress import IPv4Address
from types import SimpleNamespace

import pytest

from exporters.config import TrapsConfig
from exporters.snmp.access import SnmpAccess
from exporters.traps.book import BURST, Book
from exporters.traps.receiver import TrapReceiver
from exporters.traps.summons import Summons
from nanxi.devices.snmp.access import KeyRing
from tests.support.lab import need

HOST, ENGINE = "shangtang-sw01", "80001f8880e9630000d61ff449"
ACCESS = SnmpAccess.model_validate(
    {
        "default": {
            "version": "3",
            "user": "nanxi",
            "auth_password": "auth-password",
            "priv_password": "priv-password",
        },
        "kinds": {"cameras": {"version": "2c", "community": "sesame-2c"}},
    }
)
LINK_DOWN = "1.3.6.1.6.3.1.1.5.3"
NOTHING_ELSE = {("nanxi_traps_dropped_total", "malformed"): 0}
V2C = ["-v2c", "-c", "sesame-2c"]
V3 = [
    "-v3",
    "-u",
    "nanxi",
    "-l",
    "authPriv",
    "-a",
    "SHA",
    "-A",
    "auth-password",
    "-x",
    "AES",
    "-X",
    "priv-password",
]


@pytest.fixture
async def receiver(estate):
    """A receiver that knows one sender: this host."""
    switch = estate.devices[HOST].model_copy(update={"ipv4": IPv4Address("127.0.0.1")})
    devices = {HOST: switch}
    engines = {HOST: bytes.fromhex(ENGINE)}  # as polls found them
    made = TrapReceiver("127.0.0.1", 0, lambda: devices, ACCESS, engine=engines.get)
    task = asyncio.create_task(made.run())
    yield SimpleNamespace(receiver=made, devices=devices, engines=engines)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def send(receiver, *arguments: str, oid: str = LINK_DOWN, inform: bool = False) -> int:
    need("snmptrap")
    command = ["snmptrap", *(["-Ci", "-t", "3", "-r", "0"] if inform else []), *arguments]
    process = await asyncio.create_subprocess_exec(
        *command, f"127.0.0.1:{receiver.receiver.port}", "0", oid, "1.3.6.1.2.1.2.2.1.1.7", "i", "7",
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    code = await process.wait()
    await asyncio.sleep(0.2)
    return code


def told(receiver) -> dict[tuple[str, ...], float]:
    return {
        (one.signal.name, *(one.labels[5:] if one.signal.of == "device" else one.labels)): one.value
        for one in receiver.receiver.samples()
        if one.signal.name != "nanxi_trap_last_timestamp_seconds"
    }


async def test_a_trap_is_counted_for_its_device(receiver) -> None:
    await send(receiver, *V2C)
    await send(receiver, *V2C)
    await send(receiver, *V2C, oid="1.3.6.1.4.1.99999.7")
    found = told(receiver)
    assert found[("nanxi_traps_total", "linkDown", "trap")] == 2
    assert found[("nanxi_traps_total", "1.3.6.1.4.1.99999.7", "trap")] == 1
    assert {one.labels[0] for one in receiver.receiver.samples() if one.signal.of == "device"} == {HOST}


async def test_an_inform_is_answered(receiver) -> None:
    assert await send(receiver, *V2C, inform=True) == 0
    assert told(receiver)[("nanxi_traps_total", "linkDown", "inform")] == 1


async def test_v3_informs_and_traps_of_known_engines(receiver) -> None:
    assert await send(receiver, *V3, inform=True) == 0
    await send(receiver, *V3, "-e", f"0x{ENGINE}")
    found = told(receiver)
    assert found[("nanxi_traps_total", "linkDown", "inform")] == 1
    assert found[("nanxi_traps_total", "linkDown", "trap")] == 1


async def test_a_trap_is_taken_when_a_poll_has_met_its_engine(receiver) -> None:
    receiver.engines.clear()
    signed = [*V3, "-e", f"0x{ENGINE}"]
    await send(receiver, *signed)
    assert told(receiver) == {("nanxi_traps_dropped_total", "refused"): 1, **NOTHING_ELSE}
    receiver.engines[HOST] = bytes.fromhex(ENGINE)
    await send(receiver, *signed)
    assert told(receiver)[("nanxi_traps_total", "linkDown", "trap")] == 1
    # The switch is swapped: another engine.
    swapped = ENGINE[:-2] + "50"
    receiver.engines[HOST] = bytes.fromhex(swapped)
    await send(receiver, *V3, "-e", f"0x{swapped}")
    assert told(receiver)[("nanxi_traps_total", "linkDown", "trap")] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        ["-v2c", "-c", "other"],
        [*V3[:-1], "other-password", "-e", f"0x{ENGINE}"],
        [*V3, "-e", "0x8000000001020304"],
    ],
    ids=["community", "key", "engine"],
)
async def test_a_wrong_secret_is_refused(wrong, receiver) -> None:
    await send(receiver, *wrong)
    found = told(receiver)
    assert found[("nanxi_traps_dropped_total", "refused")] >= 1
    assert not [key for key in found if key[0] == "nanxi_traps_total"]


async def test_strangers_and_rubbish_are_counted_and_dropped(receiver) -> None:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, remote_addr=("127.0.0.1", receiver.receiver.port)
    )
    transport.sendto(b"\x30\x84\xff\xff\xff\xff")
    await asyncio.sleep(0.2)
    assert told(receiver)[("nanxi_traps_dropped_total", "malformed")] >= 1
    receiver.devices.clear()
    receiver.receiver.refresh()
    transport.sendto(b"anything")
    await asyncio.sleep(0.2)
    transport.close()
    assert told(receiver)[("nanxi_traps_dropped_total", "unknown_sender")] == 1


def test_a_flood_is_cut_and_ebbs() -> None:
    clock = SimpleNamespace(now=0.0)
    book = Book(lambda: clock.now)
    admitted = sum(book.admit(HOST) for _ in range(1000))
    assert admitted == BURST
    assert book.dropped["flood"] == 1000 - BURST
    clock.now = 1.0
    assert sum(book.admit(HOST) for _ in range(1000)) == 10


def test_the_engine_of_a_silent_device_is_not_forgotten() -> None:
    """What it says first when it is back (coldStart, linkUp) is signed by it; polls ask anew, because it may be another one."""
    keys = KeyRing()
    keys.learn(HOST, b"\x80\x00\x07\xdb\x03one")
    keys.forget(HOST)
    assert (keys.engine(HOST), keys.last_engine(HOST)) == (None, b"\x80\x00\x07\xdb\x03one")
    keys.learn(HOST, b"\x80\x00\x07\xdb\x03two")
    assert keys.engine(HOST) == keys.last_engine(HOST) == b"\x80\x00\x07\xdb\x03two"


def test_a_device_that_says_something_is_looked_at_soon_and_once() -> None:
    clock = SimpleNamespace(now=100.0)
    timers: list[tuple[float, Callable[[], None]]] = []
    seen: list[tuple[str, float]] = []

    def pass_until(moment: float) -> None:
        for at, call in sorted(timers, key=lambda one: one[0]):
            if at <= moment:
                timers.remove((at, call))
                clock.now = at
                call()
        clock.now = moment

    summons = Summons(
        lambda host: seen.append((host, clock.now)),
        lambda seconds, call: timers.append((clock.now + seconds, call)),
        lambda: clock.now,
    )
    summons.told(HOST, "authenticationFailure")
    summons.told(HOST, "1.3.6.1.4.1.99999.7")
    assert not timers
    for _ in range(24):  # a switch whose cables are pulled
        summons.told(HOST, "linkDown")
    summons.told("oubei-sw01", "linkUp")
    pass_until(102)
    assert seen == [(HOST, 101), ("oubei-sw01", 101)]
    # A port that comes and goes: what it was last is seen, and not every time.
    for second in range(102, 112):
        summons.told(HOST, "linkUp" if second % 2 else "linkDown")
        pass_until(second + 1)
    pass_until(130)
    assert [at for host, at in seen if host == HOST] == [101, 106, 111, 116]


async def test_a_trap_brings_a_look_at_its_sender_s_agent(estate, make_config, serve, monkeypatch) -> None:
    """From the socket to the poller of the module ``snmp``, and to no other."""
    monkeypatch.setattr("exporters.traps.summons.SETTLE_S", 0.05)
    made = make_config("snmp", kinds=["switches"])
    modules = {
        name: made.modules["snmp"].model_copy(update={"prober": prober, "poll": True})
        for name, prober in (("snmp", "snmp"), ("onvif", "onvif"))
    }
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    (made.credentials / "snmp.yml").write_text("default: {version: 2c, community: sesame-2c}\n")
    (made.credentials / "snmp.yml").chmod(0o600)
    traps = {"address": IPv4Address("127.0.0.1"), "port": port}
    config = made.model_copy(update={"modules": modules, "traps": TrapsConfig.model_validate(traps)})
    client = await serve(config)
    switch = estate.devices[HOST].model_copy(update={"ipv4": IPv4Address("127.0.0.1")})
    assert client.exporter.traps is not None
    monkeypatch.setattr(client.exporter.traps, "_devices", lambda: {HOST: switch})
    client.exporter.traps.refresh()
    looked: list[tuple[str, str]] = []
    for name, poller in client.exporter.pollers.items():
        monkeypatch.setattr(poller, "doubt", lambda host, name=name: looked.append((name, host)))
    target = SimpleNamespace(receiver=SimpleNamespace(port=port))
    await send(target, *V2C)
    await asyncio.sleep(0.3)
    assert looked == [("snmp", HOST)]


def test_a_device_cannot_invent_names_without_end(estate) -> None:
    book = Book()
    for number in range(100):
        book.take(HOST, f"1.3.6.1.4.1.9.{number}", "trap")
    series = [one for one in book.samples(estate.devices) if one.signal.name == "nanxi_traps_total"]
    assert len(series) == 50
    assert book.dropped["too_many_names"] == 50
