"""Answers from anybody, in any number: real datagrams on loopback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from ipaddress import IPv4Address
from types import SimpleNamespace

import pytest

from nanxi.discovery.listen import MOST_FROM_ONE, PORT, Listener
from tests.discovery.test_answers import ENVELOPE

INSIDE = [f"127.91.7.{number}" for number in range(1, 5)]
OUTSIDE = "127.92.0.1"
MATCH = (
    "<d:ProbeMatches><d:ProbeMatch><d:Types>dn:NetworkVideoTransmitter</d:Types>"
    "<d:Scopes>onvif://www.onvif.org/name/{name}</d:Scopes>"
    "<d:XAddrs>http://203.0.113.9/onvif/device_service</d:XAddrs></d:ProbeMatch></d:ProbeMatches>"
)


class Device:
    """Something that was asked and may answer as it likes, from any address of this machine."""

    def __init__(self, address: str) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind((address, PORT))
        self.socket.settimeout(5)

    async def question(self) -> tuple[str, tuple[str, int]]:
        """Return the message id of the next probe, and who asks."""
        data, asker = await asyncio.to_thread(self.socket.recvfrom, 65_535)
        return data.decode().partition("urn:uuid:")[2][:36], asker


def answer(asked: str, name: str = "IPC") -> bytes:
    return ENVELOPE.format(related=f"urn:uuid:{asked}", body=MATCH.format(name=name)).encode()


@pytest.fixture
async def scene() -> AsyncIterator[SimpleNamespace]:
    """A listener that has asked the first device of four, and that device's question."""
    devices = [Device(address) for address in [*INSIDE, OUTSIDE]]
    listener = Listener(frozenset(map(IPv4Address, INSIDE)))
    await listener.open()
    listener.ask(IPv4Address(INSIDE[0]))
    asked, asker = await devices[0].question()
    yield SimpleNamespace(listener=listener, devices=devices, outside=devices[-1], asked=asked, asker=asker)
    listener.close()
    for device in devices:
        device.socket.close()


async def settle() -> None:
    await asyncio.sleep(0.2)


async def test_the_senders_address_counts_not_the_advertised_one(scene):
    scene.devices[0].socket.sendto(answer(scene.asked), scene.asker)
    await settle()
    assert list(scene.listener.heard) == [IPv4Address(INSIDE[0])]
    assert scene.listener.heard[IPv4Address(INSIDE[0])].hosts == ("203.0.113.9",)


async def test_an_answer_from_another_port_of_the_device_counts(scene):
    """Uniview answers from a port of its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind((INSIDE[1], 0))
        other.sendto(answer(scene.asked), scene.asker)
    await settle()
    assert list(scene.listener.heard) == [IPv4Address(INSIDE[1])]


async def test_senders_outside_the_zones_are_counted_and_not_read(scene, monkeypatch):
    monkeypatch.setattr("nanxi.discovery.listen.read_answer", lambda *_: pytest.fail("read"))
    for _ in range(20):
        scene.outside.socket.sendto(answer(scene.asked), scene.asker)
    await settle()
    assert scene.listener.heard == {}
    (said,) = scene.listener.remarks()
    assert (said.key, dict(said.about)) == ("outside", {"count": "20", "senders": OUTSIDE})


async def test_what_does_not_name_our_question_is_never_parsed(scene, monkeypatch):
    monkeypatch.setattr("nanxi.discovery.listen.read_answer", lambda *_: pytest.fail("read"))
    scene.devices[1].socket.sendto(b"<!DOCTYPE a>" + b"x" * 60_000, scene.asker)
    await settle()
    (said,) = scene.listener.remarks()
    assert said.key == "unasked"


async def test_a_flood_is_cut_and_the_others_are_heard(scene):
    for number in range(10_000):
        scene.devices[1].socket.sendto(answer(scene.asked, f"flood{number}"), scene.asker)
        if number % 100 == 0:
            await asyncio.sleep(0)
    await settle()
    scene.devices[2].socket.sendto(answer(scene.asked), scene.asker)
    await settle()
    assert IPv4Address(INSIDE[2]) in scene.listener.heard
    assert scene.listener.heard[IPv4Address(INSIDE[1])].scopes == ("onvif://www.onvif.org/name/flood0",)
    assert scene.listener.sent[IPv4Address(INSIDE[1])] > MOST_FROM_ONE


async def test_senders_without_end_are_counted_without_their_names(scene):
    for number in range(1, 101):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
            one.bind((f"127.93.0.{number}", 0))
            one.sendto(answer(scene.asked), scene.asker)
    await settle()
    (said,) = scene.listener.remarks()
    assert dict(said.about)["count"] == "100"
    assert len(dict(said.about)["senders"].split(", ")) == 5


async def test_what_cannot_be_read_is_named_by_its_sender(scene):
    bomb = b'<!DOCTYPE a [<!ENTITY b "b">]>' + answer(scene.asked)
    scene.devices[3].socket.sendto(bomb, scene.asker)
    await settle()
    (said,) = scene.listener.remarks()
    assert said.key == "unread"
    assert dict(said.about)["sender"] == INSIDE[3]
    assert "DOCTYPE" in dict(said.about)["why"]
