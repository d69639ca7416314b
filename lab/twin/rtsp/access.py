"""Who may enter: HTTP Digest (RFC 2069, 2617, 7616) and Basic (RFC 7617) as RTSP borrows them. Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.request import parse_http_list, parse_keqv_list

from lab.twin.rtsp.message import Request
from lab.twin.rtsp.traits import RtspTraits

_HASHES: dict[str, Callable[[bytes], hashlib._Hash]] = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What a request's credentials are worth. ``stale``: right, but made for another nonce."""

    user: str
    ok: bool
    stale: bool = False


def challenges(traits: RtspTraits, nonce: str, stale: bool = False) -> list[str]:
    """Return the WWW-Authenticate headers of a 401, strongest scheme as the traits order them."""
    found = []
    for scheme in traits.auth:
        if scheme == "basic":
            found.append(f'Basic realm="{traits.realm}"')
            continue
        for algorithm in traits.algorithms:
            # Cameras leave "algorithm" out where it is MD5, as RFC 2069 had none.
            parts = [f'Digest realm="{traits.realm}", nonce="{nonce}"']
            parts += [f"algorithm={algorithm}"] if algorithm != "MD5" else []
            parts += ['qop="auth"'] if traits.qop else []
            parts += ["stale=TRUE"] if stale else []
            found.append(", ".join(parts))
    return found


def attempt(request: Request, traits: RtspTraits, accounts: Mapping[str, str], nonce: str) -> Attempt | None:
    """Judge a request's Authorization header.

    Returns:
        None when there is none, or not one of a scheme and algorithm that the traits offer: nobody tried.
    """
    scheme, _, rest = request.headers.get("authorization", "").partition(" ")
    scheme = scheme.lower()
    if scheme not in traits.auth:
        return None
    if scheme == "basic":
        return _basic(rest, accounts)
    fields = parse_keqv_list(parse_http_list(rest))
    if fields.get("algorithm", "MD5").upper() not in traits.algorithms:
        return None
    return _digest(fields, request, traits, accounts, nonce)


def _basic(token: str, accounts: Mapping[str, str]) -> Attempt:
    try:
        user, _, password = base64.b64decode(token, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return Attempt("", ok=False)
    known = accounts.get(user)
    return Attempt(user, ok=known is not None and hmac.compare_digest(known.encode(), password.encode()))


def _digest(
    fields: Mapping[str, str], request: Request, traits: RtspTraits, accounts: Mapping[str, str], nonce: str
) -> Attempt:
    user = fields.get("username", "")
    password = accounts.get(user)
    if password is None or fields.get("realm") != traits.realm or fields.get("uri") != request.url:
        return Attempt(user, ok=False)
    wanted = response(fields, request.method, password)
    if not hmac.compare_digest(wanted.encode(), fields.get("response", "").lower().encode()):
        return Attempt(user, ok=False)
    fresh = fields.get("nonce") == nonce
    return Attempt(user, ok=fresh, stale=not fresh)


def response(fields: Mapping[str, str], method: str, password: str) -> str:
    """Return the response that ``fields`` of an Authorization header must carry (RFC 7616, 3.4.1)."""
    hashed = _HASHES[fields.get("algorithm", "MD5").upper()]

    def digest(*parts: str) -> str:
        return hashed(":".join(parts).encode()).hexdigest()

    secret = digest(fields["username"], fields["realm"], password)
    action = digest(method, fields["uri"])
    nonce = fields.get("nonce", "")
    if "qop" in fields:
        return digest(secret, nonce, fields.get("nc", ""), fields.get("cnonce", ""), fields["qop"], action)
    return digest(secret, nonce, action)
