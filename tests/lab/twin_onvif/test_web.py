"""What is no proper SOAP request."""

from __future__ import annotations

import aiohttp
import pytest
import yaml

from lab.twin.soap import NAMESPACES
from tests.lab.twin_onvif.client import envelope
from tests.lab.twin_onvif.conftest import PORT

SERVICE = "/onvif/device_service"
SOAP_11 = envelope("tds:GetHostname", "").replace(
    NAMESPACES["env"], "http://schemas.xmlsoap.org/soap/envelope/"
)

CASES = yaml.safe_load(
    f"""
    no XML: {{body: "hello", status: 400, has: "ter:WellFormed"}}
    half an envelope: {{body: "<env:Envelope", status: 400, has: "ter:WellFormed"}}
    an entity: {{body: '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', status: 400, has: "ter:WellFormed"}}
    nothing: {{body: "", status: 400, has: "ter:WellFormed"}}
    an empty body: {{body: '<e:Envelope xmlns:e="{NAMESPACES["env"]}"><e:Body/></e:Envelope>', status: 400, has: "ter:TagMismatch"}}
    an unknown service: {{body: '<e:Envelope xmlns:e="{NAMESPACES["env"]}"><e:Body><a xmlns="urn:b"/></e:Body></e:Envelope>', status: 500, has: "ter:ActionNotSupported"}}
    another path: {{path: /onvif/nothing, status: 404, has: "Not Found"}}
    """
) | {"SOAP 1.1": {"body": SOAP_11, "status": 400, "has": "ter:TagMismatch"}}


async def ask(
    twin, method: str, path: str, body: str | bytes | None = None
) -> tuple[int, str, aiohttp.ClientResponse]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"http://{twin.installation.address}:{PORT}{path}", data=body) as response,
    ):
        return response.status, (await response.read()).decode(errors="replace"), response


@pytest.mark.parametrize("name", CASES)
async def test_is_refused(name, make_twin):
    case = CASES[name]
    twin = await make_twin("generic")
    status, text, _ = await ask(twin, "POST", case.get("path", SERVICE), case.get("body", ""))
    assert status == case["status"]
    assert case["has"] in text


async def test_a_body_that_is_too_large(make_twin):
    twin = await make_twin("generic")
    assert (await ask(twin, "POST", SERVICE, b"x" * (2 << 20)))[0] == 413


async def test_the_web_page_is_open_and_the_snapshot_is_not(make_twin):
    twin = await make_twin("generic")
    assert (await ask(twin, "GET", "/"))[0] == 200
    status, _, response = await ask(twin, "GET", "/onvif/snapshot")
    assert status == 401
    assert response.headers["WWW-Authenticate"].startswith('Digest realm="IP Camera"')
