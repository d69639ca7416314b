"""A SOAP client that knows the specification and nothing of the project's own driver."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone

import aiohttp
from lxml import etree

from lab.twin.soap import NAMESPACES
from lab.twin.twin import Twin
from tests.lab.twin_onvif.conftest import PORT

_DECLARED = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
_TOKEN_PROFILE = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0"


@dataclass(frozen=True)
class Sign:
    """How a request is signed; ``skew_s`` is how far the client's idea of the device's time is off."""

    by: str = "wsse-digest"  # wsse-text, http-digest, none
    user: str | None = None  # the first account of the factory
    password: str | None = None
    skew_s: float = 0.0
    zone_h: float | None = None  # write Created in this zone, without saying so
    nonce: str | None = None


@dataclass(frozen=True)
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes
    challenges: list[str] = field(default_factory=list)

    @property
    def root(self) -> etree._Element:
        return etree.fromstring(self.body)

    @property
    def content(self) -> etree._Element:
        return self.root.find("env:Body", NAMESPACES)[0]

    @property
    def fault(self) -> list[str]:
        """Codes from the outer to the inner one, empty when it is no fault."""
        return [node.text for node in self.root.iterfind(".//env:Value", NAMESPACES)]


def header(sign: Sign, twin: Twin) -> str:
    """Return a Security header for the twin's time."""
    account = twin.profile.factory.users[0] if twin.profile.factory.users else None
    user = sign.user or (account.name if account else "admin")
    password = sign.password if sign.password is not None else (account.password if account else "")
    moment = datetime.fromtimestamp(twin.now() + sign.skew_s, UTC)
    created = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    if sign.zone_h is not None:
        created = moment.astimezone(timezone(timedelta(hours=sign.zone_h))).strftime("%Y-%m-%dT%H:%M:%S")
    nonce = (sign.nonce or secrets.token_hex(8)).encode()
    sent, kind = password, "PasswordText"
    if sign.by == "wsse-digest":
        sent = base64.b64encode(hashlib.sha1(nonce + created.encode() + password.encode()).digest()).decode()
        kind = "PasswordDigest"
    return (
        f"<wsse:Security><wsse:UsernameToken><wsse:Username>{user}</wsse:Username>"
        f'<wsse:Password Type="{_TOKEN_PROFILE}#{kind}">{sent}</wsse:Password>'
        f"<wsse:Nonce>{base64.b64encode(nonce).decode()}</wsse:Nonce><wsu:Created>{created}</wsu:Created>"
        "</wsse:UsernameToken></wsse:Security>"
    )


def envelope(operation: str, body: str, security: str = "") -> str:
    return (
        f"<env:Envelope {_DECLARED}><env:Header>{security}</env:Header>"
        f"<env:Body><{operation}>{body}</{operation}></env:Body></env:Envelope>"
    )


async def call(
    twin: Twin, operation: str, body: str = "", sign: Sign | None = None, patience_s: float = 20
) -> Reply:
    """Call one operation of a twin.

    Raises:
        TimeoutError: no answer came.
    """
    sign = sign or Sign("wsse-digest" if "wsse-digest" in twin.traits.auth.accepts else "http-digest")
    security = header(sign, twin) if sign.by.startswith("wsse") else ""
    middlewares = ()
    if sign.by == "http-digest":
        account = twin.profile.factory.users[0]
        digest = aiohttp.DigestAuthMiddleware(
            login=sign.user or account.name,
            password=account.password if sign.password is None else sign.password,
            preemptive=False,
        )
        middlewares = (digest,)
    path = getattr(twin.traits.services.paths, operation.partition(":")[0])
    url = f"http://{twin.installation.address}:{PORT}{path}"
    async with (
        aiohttp.ClientSession(middlewares=middlewares, timeout=aiohttp.ClientTimeout(patience_s)) as session,
        session.post(url, data=envelope(operation, body, security).encode()) as response,
    ):
        challenges = response.headers.getall("WWW-Authenticate", [])
        return Reply(response.status, dict(response.headers), await response.read(), challenges)
