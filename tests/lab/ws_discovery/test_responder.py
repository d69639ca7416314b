"""The twins' WS-Discovery, asked by a client that knows nothing of ours: plain datagrams and lxml."""

from __future__ import annotations

import socket
import subprocess
import sys
from uuid import uuid4

import pytest
from lxml import etree

from lab.twin.fleetfile import FleetConfig
from tests.discovery.conftest import row

D = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
NVT = '<d:Types xmlns:n="http://www.onvif.org/ver10/network/wsdl">n:NetworkVideoTransmitter</d:Types>'


def probe(content=""):
    message = f"urn:uuid:{uuid4()}"
    text = (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
        f' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="{D}"><s:Header>'
        f"<a:MessageID>{message}</a:MessageID><a:Action>{D}/Probe</a:Action></s:Header>"
        f"<s:Body><d:Probe>{content}</d:Probe></s:Body></s:Envelope>"
    )
    return message, text.encode()


def ask(address, content="", patience_s=0.5, raw=None):
    """Return sender and answer of everybody who answers within ``patience_s``."""
    message, datagram = probe(content)
    answers = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(patience_s)
        client.sendto(datagram if raw is None else raw, (str(address), 3702))
        try:
            while True:
                data, sender = client.recvfrom(65_535)
                answers.append((sender[0], etree.fromstring(data)))
        except TimeoutError:
            return message, answers


@pytest.fixture
def camera(twins):
    """A camera of Hikvision's and how to configure it."""
    running = twins([row(1, ipv4="10.98.0.194", mac="44-19-B6-00-00-01")], discovery=True)
    camera = running.devices["oubei-cam0001"]
    return camera, lambda section, value: running.call(
        lambda: running.fleet.twin(camera.host).patch(section, value)
    )


def test_a_unicast_probe_is_answered_from_the_asked_address(camera):
    message, [(sender, answer)] = ask(camera[0].ipv4, NVT)
    assert sender == str(camera[0].ipv4)
    assert answer.findtext(".//{*}RelatesTo") == message
    assert answer.findtext(".//{*}MessageID") != message
    assert answer.findtext(".//{*}Action") == f"{D}/ProbeMatches"
    assert answer.findtext(".//{*}EndpointReference/{*}Address").startswith("urn:uuid:")
    assert str(camera[0].ipv4) in answer.findtext(".//{*}XAddrs")
    assert "onvif://www.onvif.org/MAC/44:19:b6:00:00:01" in answer.findtext(".//{*}Scopes").split()


def test_the_endpoint_stays_the_same(camera):
    first, second = (ask(camera[0].ipv4)[1][0][1].findtext(".//{*}Address") for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("content", "answers"),
    [
        ("", 1),
        ('<d:Types xmlns:t="http://www.onvif.org/ver10/device/wsdl">t:Device</d:Types>', 1),
        ('<d:Types xmlns:n="http://www.onvif.org/ver10/network/wsdl">n:NetworkVideoDisplay</d:Types>', 0),
        ('<d:Types xmlns:n="urn:another">n:NetworkVideoTransmitter</d:Types>', 0),
        ("<d:Scopes>onvif://www.onvif.org/Profile</d:Scopes>", 1),
        ("<d:Scopes>onvif://www.onvif.org/Profile/Streaming onvif://www.onvif.org/Profile/T</d:Scopes>", 1),
        ("<d:Scopes>onvif://www.onvif.org/Prof</d:Scopes>", 0),
        ("<d:Scopes>onvif://www.onvif.org/location/country/france</d:Scopes>", 0),
    ],
)
def test_only_who_is_meant_answers(camera, content, answers):
    assert len(ask(camera[0].ipv4, content)[1]) == answers


def test_who_is_not_discoverable_stays_silent(camera):
    camera[1]("discovery", {"mode": "NonDiscoverable"})
    assert ask(camera[0].ipv4)[1] == []


@pytest.mark.parametrize(
    "raw", [b"", b"\x00", b"<a/>", b"<!DOCTYPE a><a/>", b"<a", probe()[1].replace(b"d:Probe>", b"d:Hello>")]
)
def test_anything_else_is_ignored_and_the_next_probe_answered(camera, raw):
    assert ask(camera[0].ipv4, raw=raw, patience_s=0.2)[1] == []
    assert len(ask(camera[0].ipv4)[1]) == 1


def test_who_has_no_power_is_silent(twins):
    config = FleetConfig.model_validate({"hosts": {"oubei-cam0001": {"power": False}}})
    running = twins([row(1, ipv4="10.98.0.194")], config, discovery=True)
    assert ask(running.devices["oubei-cam0001"].ipv4)[1] == []


@pytest.mark.lab
def test_multicast_reaches_everyone_on_the_wire_and_no_further(twins):
    near = [row(number, ipv4=f"10.98.0.{200 + number}") for number in (1, 2, 3)]
    far = [row(4, ipv4="10.99.0.40")]
    twins([*near, *far], discovery=True)
    code = (
        "import socket, sys\n"
        "one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "one.bind(('10.98.0.193', 0))\n"
        "one.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton('10.98.0.193'))\n"
        "one.settimeout(1)\n"
        "one.sendto(sys.stdin.buffer.read(), ('239.255.255.250', 3702))\n"
        "try:\n"
        "    while True: print(one.recvfrom(65535)[1][0])\n"
        "except TimeoutError: pass\n"
    )
    heard = subprocess.run([sys.executable, "-c", code], input=probe()[1], capture_output=True, check=True)
    assert sorted(heard.stdout.decode().split()) == ["10.98.0.201", "10.98.0.202", "10.98.0.203"]
