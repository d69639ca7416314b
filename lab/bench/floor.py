"""The floor: the six reads of a survey with bare aiohttp and lxml, no typed state, no judgement, no quirk handled.

Six requests a camera: clock, identity, NTP, profiles with their encoders, overlays, network interfaces (the MAC).
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime

import aiohttp
from lxml import etree

from lab.twin.profile import plain_profile, profile_of_vendor
from nanxi.devices.driver import Credential
from nanxi.devices.survey import Job
from nanxi.xml import parse

_ENVELOPE = '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header>{}</s:Header><s:Body>{}</s:Body></s:Envelope>'
_HEADER = (
    '<Security xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"><UsernameToken>'
    '<Username>{}</Username><Password Type="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0'
    '#PasswordDigest">{}</Password><Nonce>{}</Nonce><Created xmlns="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-'
    'wssecurity-utility-1.0.xsd">{}</Created></UsernameToken></Security>'
)
_DEVICE, _MEDIA = "http://www.onvif.org/ver10/device/wsdl", "http://www.onvif.org/ver10/media/wsdl"
CALLS = (
    ("tds", _DEVICE, "GetSystemDateAndTime"),
    ("tds", _DEVICE, "GetDeviceInformation"),
    ("tds", _DEVICE, "GetNTP"),
    ("tds", _DEVICE, "GetNetworkInterfaces"),
    ("trt", _MEDIA, "GetProfiles"),
    ("trt", _MEDIA, "GetOSDs"),
)


async def read_all(todo: Sequence[Job], concurrency: int = 100) -> int:
    """Read every camera; return 1 when a reply was not HTTP 200 with XML in it."""
    gate = asyncio.Semaphore(concurrency)
    results = await asyncio.gather(*(_read(job, gate) for job in todo))
    return 0 if all(results) else 1


async def _read(job: Job, gate: asyncio.Semaphore) -> bool:
    credential = job.target.credentials[0]
    async with gate, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as http:
        for service, namespace, operation in CALLS:
            body = f'<{operation} xmlns="{namespace}"/>'
            if await ask(http, endpoint(job, service), credential, body) is None:
                return False
    return True


async def ask(
    http: aiohttp.ClientSession, url: str, credential: Credential, body: str
) -> etree._Element | None:
    """Send one signed request; return the reply, None when it was not HTTP 200 with XML in it."""
    signed = _ENVELOPE.format(_token(credential.user, credential.password.value), body)
    headers = {"Content-Type": "application/soap+xml"}
    async with http.post(url, data=signed.encode(), headers=headers) as reply:
        root = parse(await reply.read())
        return root if reply.status == 200 and len(root) else None


def endpoint(job: Job, service: str) -> str:
    """Return where a twin of the camera's vendor answers; a client that discovers it pays one request more."""
    paths = plain_profile(profile_of_vendor(job.target.vendor), ()).traits.services.paths
    return f"http://{job.target.address}:{job.target.http_port}{getattr(paths, service)}"


def _token(user: str, password: str) -> str:
    nonce, created = os.urandom(16), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    digest = hashlib.sha1(nonce + created.encode() + password.encode()).digest()  # noqa: S324 - WS-Security says so
    return _HEADER.format(user, base64.b64encode(digest).decode(), base64.b64encode(nonce).decode(), created)
