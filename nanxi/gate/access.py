"""How a reader without an account of its own on this host proves who it is: HTTP Digest (RFC 7616) as RTSP borrows it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from urllib.request import parse_http_list, parse_keqv_list

from nanxi.devices.driver import Secret

REALM = "nanxi-gate"
_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


class Challenger:
    """One connection's challenges; ``tokens`` by the reader's name."""

    def __init__(self, tokens: Mapping[str, Secret]) -> None:
        self._tokens = tokens
        self._nonce = secrets.token_hex(16)

    def challenges(self) -> list[str]:
        """Return the WWW-Authenticate headers of a 401; MD5 last, because most players know nothing else."""
        common = f'Digest realm="{REALM}", nonce="{self._nonce}", qop="auth"'
        return [f"{common}, algorithm=SHA-256", common]

    def reader(self, authorization: str, method: str) -> str | None:
        """Return the name of the reader whose token an Authorization header proves, None when it proves none."""
        scheme, _, rest = authorization.partition(" ")
        if scheme.lower() != "digest" or len(rest) > 2048:
            return None
        try:
            fields = parse_keqv_list(parse_http_list(rest))
        except ValueError:
            return None
        name = fields.get("username", "")
        token = self._tokens.get(name)
        hashed = _HASHES.get(fields.get("algorithm", "MD5").upper())
        if token is None or hashed is None or fields.get("nonce") != self._nonce:
            return None

        def digest(*parts: str) -> str:
            return hashed(":".join(parts).encode()).hexdigest()

        secret = digest(name, REALM, token.value)
        action = digest(method, fields.get("uri", ""))
        counted = [fields.get("nc", ""), fields.get("cnonce", ""), "auth"] if "qop" in fields else []
        wanted = digest(secret, self._nonce, *counted, action)
        return (
            name
            if hmac.compare_digest(wanted.encode(), fields.get("response", "").lower().encode())
            else None
        )
