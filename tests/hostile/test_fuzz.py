"""F4, the light part: parsers of what devices say end in a value or a typed error, and soon, whatever comes.

With CI=true the examples are always the same; what was found is kept as an explicit example.
"""

import asyncio
import os
import tempfile
from base64 import b64encode
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lab.twin.services import OPERATIONS, Call
from lab.twin.services.table import answer
from lab.twin.soap import Fault, envelope, read_request
from nanxi.devices.driver import Credential, Secret
from nanxi.devices.errors import DeviceError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http.digest import choose
from nanxi.devices.http.pages import words
from nanxi.devices.http.transport import Reply
from nanxi.devices.onvif import soap
from nanxi.devices.onvif.client import Client
from nanxi.devices.onvif.device import GetDeviceInformation
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.session import OnvifSession
from nanxi.devices.plan import plan
from nanxi.devices.state import ALL_ASPECTS
from nanxi.devices.timezone import equivalent
from nanxi.devices.timezone import parse as parse_zone
from nanxi.register.codes import decode
from nanxi.xml import XmlError, parse
from tests.hostile.cameras import fleet_of, job
from tests.hostile.spoil import MISTAKES, NASTY, spoil

settings.register_profile(
    "hostile",
    derandomize=os.environ.get("CI") == "true",
    database=None,
    deadline=5000,  # milliseconds: a safety bound for one example on a busy machine
    suppress_health_check=[HealthCheck.too_slow],
)
FUZZ = settings.get_profile("hostile")

TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=200))


def _surrogates(header: bytes) -> str:
    """Return a header as aiohttp hands it over."""
    return "Digest " + header.decode("utf-8", "surrogateescape")


class Spoiling:
    """A transport to a twin in this process that spoils a third of its replies."""

    def __init__(self, mistakes: list[tuple], some: int = 0) -> None:
        self._mistakes = mistakes
        self._some = some
        self._twin = fleet_of([]).twin("arena-cam0001")

    async def send(
        self, method: str, path: str, body: bytes, headers: dict[str, str], *, repeatable: bool = True
    ) -> Reply:
        request = read_request(body)
        status = 200
        try:
            call = Call(self._twin, request.element, self._twin.user("admin"))
            reply = envelope(answer(call, OPERATIONS[request.operation]))
        except Fault as fault:
            status, reply = fault.status, envelope(fault.body())
        salt = sum(request.operation.encode())
        if (salt + self._some) % 3:  # spoil a third of the operations, or no survey would come far
            return Reply(status, reply, "", (), 1_700_000_000.0)
        mistakes = [(kind, where + salt, what) for kind, where, what in self._mistakes]
        return Reply(status, spoil(reply, mistakes), "", (), 1_700_000_000.0)

    async def close(self) -> None:
        """Nothing is open."""


@settings(FUZZ, max_examples=100)
@given(MISTAKES, st.integers(0, 2))
@example(
    [("attribute", 1, ""), ("swap", 143, 310), ("empty", 9311, None), ("byte", 470, 43)], 2
)  # no Encoding
def test_survey_and_converge_of_spoiled_replies(mistakes: list[tuple], some: int) -> None:
    """What is read, planned and written from them is a state, plain changes, or a typed error."""

    async def act() -> None:
        camera = job(0, "healthy-one")
        with tempfile.TemporaryDirectory() as folder:
            session = OnvifSession(camera.target, LockoutGuard(Path(folder)), Spoiling(mistakes, some))
            await session.sign_in()
            state = await session.read_limits(await session.read(ALL_ASPECTS))
            changes = plan(camera.declared, state, ALL_ASPECTS)
            for change in changes:
                assert "\n" not in f"{change.field}{change.before}{change.after}{change.reason}"
            await session.apply(camera.declared, [change for change in changes if change.applicable])

    with suppress(DeviceError):
        asyncio.run(act())


@settings(FUZZ, max_examples=300)
@given(st.one_of(st.binary(max_size=300), st.binary(max_size=100).map(lambda b: b"<a>" + b + b"</a>")))
@example(
    b"<?xml version='1.0' encoding='utf-7'?>+" + b64encode("<!DOCTYPE a><a/>".encode("utf-16-be")) + b"-"
)
@example(b"<?xml version='1.0' encoding='cp037'?><a/>")
@example(b"\xef\xbb\xbf<a/>")
@example(b"<a:b/>")
@example(b"<a>&#0;</a>")
def test_xml(body: bytes) -> None:
    try:
        root = parse(body)
    except XmlError:
        return
    assert root.getroottree().docinfo.internalDTD is None


@pytest.mark.parametrize("doctype", ["<!DOCTYPE a>", '<!DOCTYPE a SYSTEM "file:///etc/passwd">'])
@pytest.mark.parametrize("encoding", ["utf-7", "utf-8", "utf-16", "utf-32", "cp037", "gb18030"])
def test_no_encoding_hides_a_doctype(doctype: str, encoding: str) -> None:
    """libxml2 reads UTF-7, in which no search for bytes finds a DOCTYPE."""
    content = f"{doctype}<a/>"
    head = f'<?xml version="1.0" encoding="{encoding}"?>'
    if encoding == "utf-7":
        body = head.encode() + b"+" + b64encode(content.encode("utf-16-be")).rstrip(b"=") + b"-"
    else:
        body = (head + content).encode(encoding)
    with pytest.raises(XmlError):
        parse(body)


@settings(FUZZ, max_examples=200)
@given(st.binary(max_size=400), st.integers(0, 600), st.booleans())
@example(b"<!DOCTYPE html><html>", 200, True)
def test_soap(body: bytes, status: int, trusted: bool) -> None:
    words(body)
    try:
        content = soap.open_body(body)
    except DeviceError:
        return
    if isinstance(content, soap.Fault):
        soap.fault_error(content, status, trusted=trusted)


@settings(FUZZ, max_examples=300)
@given(TEXTS, TEXTS, TEXTS, st.integers(0, 600), st.booleans())
@example("Sender", "NotAuthorized", f"locked for {'9' * 400} hours", 400, False)
@example("Sender", "", f"you still have {'9' * 400} attempts", 401, False)
def test_fault(code: str, subcode: str, reason: str, status: int, trusted: bool) -> None:
    error = soap.fault_error(soap.Fault(code, (subcode,), reason), status, trusted=trusted)
    assert isinstance(error, DeviceError)
    soap.refusal(reason)


@settings(FUZZ, max_examples=300)
@given(
    st.lists(
        st.one_of(TEXTS, TEXTS.map("Digest {}".format), st.binary(max_size=60).map(_surrogates)), max_size=4
    )
)
@example(['Digest realm="c, nonce=",,,=,"\\', "Digest", "Digest nonce", "Digest nonce="])
@example(['Digest realm="\udcff", nonce="\udce9"'])
@example(['Digest realm="x", nonce="n", algorithm=MD5-sess, qop="auth,auth-int"'])
def test_digest_challenge(headers: list[str]) -> None:
    challenge = choose(headers)
    if challenge is not None:
        said = challenge.answer(Credential("admin", Secret("p")), "POST", "/onvif")
        said.encode()
        assert "\r" not in said
        assert "\n" not in said


@settings(FUZZ, max_examples=300)
@given(TEXTS, TEXTS)
@example("A" * 50 + " " * 50, "CST-8")
@example("CST-" + "9" * 99, "CST-8")
@example("CST-٣", "CST-3")
def test_time_zone(one: str, other: str) -> None:
    parse_zone(one)
    assert equivalent(one, other) == equivalent(other, one)
    assert equivalent(one, one)


@settings(FUZZ, max_examples=300)
@given(st.one_of(TEXTS, st.from_regex(r"[0-9]{17,21}")))
@example("٣" * 20)
@example("²" * 20)
@example("3303240000131000000\n")
def test_code(code: str) -> None:
    try:
        decoded = decode(code)
    except ValueError:
        return
    assert str(decoded) == code


@settings(FUZZ, max_examples=300)
@given(TEXTS)
@example("http://[::1/onvif")
@example("http://[v1.x]:1/")
@example("http://a\u2100b/")
@example("http://10.0.0.1/x\r\nHost: y")
def test_advertised_address(advertised: str) -> None:
    client = Client(Spoiling([]))
    client.locate(Service.MEDIA, advertised)
    path = client._paths[Service.MEDIA]
    assert path.startswith("/")
    assert not {"\r", "\n", " "} & set(path)


@settings(FUZZ, max_examples=200)
@given(TEXTS)
@example("Fri, 31 Dec 99999999999 23:59:59 GMT")
@example("Mon, 01 Jan 0001 00:00:00 -0000")
@example("Sun, 22 Nov 2026 11:00:00 +9999")
def test_date_header(date: str) -> None:
    class Silent:
        async def send(self, *_: object, **__: object) -> Reply:
            return Reply(401, b"", date, (), 1_700_000_000.0)

    client = Client(Silent())
    client.credential = Credential("admin", Secret("p"))
    asyncio.run(client.synchronise())
    with pytest.raises(DeviceError):
        asyncio.run(client.call(GetDeviceInformation()))
