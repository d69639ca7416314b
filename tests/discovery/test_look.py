"""What a stranger's web server shows: real servers that behave as web servers, routers and broken devices do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from ipaddress import IPv4Address

import pytest

from nanxi.devices.onvif.namespaces import Service
from nanxi.discovery.look import is_open, look
from nanxi.discovery.model import Speaks

HERE = IPv4Address("127.94.1.1")
SOAP = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{}</s:Body></s:Envelope>'
SERVICES = (
    "<GetServicesResponse><Service><Namespace>http://www.onvif.org/ver10/recording/wsdl</Namespace>"
    "<XAddr>http://203.0.113.9/</XAddr></Service></GetServicesResponse>"
)
DIGEST = 'Digest realm="DS-7608NXI", nonce="1", qop="auth"'

Answer = Callable[[str, str], tuple[int, str, str]]


@asynccontextmanager
async def server(answer: Answer) -> AsyncIterator[int]:
    """Serve ``answer(method and path, body) -> status, headers, body`` and yield the port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := (await reader.readuntil(b"\r\n\r\n")).decode():
                length = next((int(h[15:]) for h in head.split("\r\n") if h.startswith("Content-Length:")), 0)
                body = (await reader.readexactly(length)).decode()
                status, headers, said = answer(" ".join(head.split()[:2]), body)
                writer.write(
                    f"HTTP/1.1 {status} x\r\n{headers}Content-Length: {len(said)}\r\n\r\n{said}".encode()
                )
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    listening = await asyncio.start_server(serve, str(HERE), 0)
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


def onvif(asked, body):
    if asked.startswith("GET"):
        return 404, "", "no"
    return 200, "", SOAP.format(SERVICES if "GetServices" in body else "<GetSystemDateAndTimeResponse/>")


def digest_only(asked, _):
    """ONVIF that asks for HTTP Digest whatever the operation, and knows no other page (O2 with O4)."""
    return (401, f"WWW-Authenticate: {DIGEST}\r\n", "") if asked.startswith("POST") else (404, "", "")


def isapi(asked, _):
    return (401, f"WWW-Authenticate: {DIGEST}\r\n", "") if "/ISAPI/" in asked else (404, "", "")


def everything_locked(*_):
    return 401, f"WWW-Authenticate: {DIGEST}\r\n", "log in"


def login_page(asked, _):
    return (302, "Location: http://203.0.113.9/login\r\n", "") if asked.startswith("GET") else (405, "", "no")


def web_page(*_):
    return 200, "", "<html>router</html>"


def faults(asked, _):
    fault = "<s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code></s:Fault>"
    return (404, "", "") if asked.startswith("GET") else (500, "", SOAP.format(fault))


@pytest.mark.parametrize(
    ("answer", "speaks"),
    [
        (onvif, {Speaks.ONVIF}),
        (faults, {Speaks.ONVIF}),
        (digest_only, {Speaks.ONVIF}),
        (isapi, {Speaks.ISAPI}),
        (everything_locked, {Speaks.HTTP}),
        (login_page, {Speaks.HTTP}),
        (web_page, {Speaks.HTTP}),
    ],
)
async def test_what_it_speaks(answer, speaks):
    async with server(answer) as port:
        assert await is_open(HERE, port, 1)
        face = await look(HERE, port)
    assert face.speaks == speaks
    assert face.problem == ""


async def test_services_and_realm_are_read():
    async with server(onvif) as port:
        assert (await look(HERE, port)).services == {Service.RECORDING}
    async with server(isapi) as port:
        assert (await look(HERE, port)).realm == "DS-7608NXI"


async def test_nothing_that_we_send_holds_a_password():
    heard = []

    def note(asked, body):
        heard.append(asked + body)
        return everything_locked()

    async with server(note) as port:
        await look(HERE, port)
    assert heard
    assert not [one for one in heard if "Authorization" in one or "UsernameToken" in one]


async def test_who_answers_no_http_is_named():
    async def chat(_, writer):
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n" * 50)
        writer.close()

    async with await asyncio.start_server(chat, str(HERE), 0) as listening:
        face = await look(HERE, listening.sockets[0].getsockname()[1])
    assert face.speaks == {Speaks.HTTP}
    assert "not HTTP" in face.problem


async def test_who_hangs_up_at_once_speaks_nothing():
    async with await asyncio.start_server(lambda _, writer: writer.close(), str(HERE), 0) as listening:
        face = await look(HERE, listening.sockets[0].getsockname()[1])
    assert face.speaks == frozenset()


async def test_who_never_ends_is_left(monkeypatch):
    monkeypatch.setattr("nanxi.discovery.look._PATIENCE_S", 0.3)

    async def drip(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        await asyncio.sleep(5)

    listening = await asyncio.start_server(drip, str(HERE), 0)
    face = await look(HERE, listening.sockets[0].getsockname()[1])
    listening.close()
    assert "was not done answering" in face.problem


async def test_a_closed_port_is_closed():
    assert not await is_open(HERE, 9, 0.5)
