"""HTTP Digest as a device checks it (RFC 7616, qop=auth only)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.request import parse_http_list, parse_keqv_list

#: Signs nonces, so that 5,286 twins need not remember those that they gave out.
_KEY = secrets.token_bytes(16)
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}


@dataclass(frozen=True, slots=True)
class Answer:
    """An Authorization header as sent."""

    fields: Mapping[str, str]
    method: str

    @property
    def user(self) -> str:
        """Who it says it is."""
        return self.fields.get("username", "")

    @property
    def nonce(self) -> str:
        """The challenge that it answers."""
        return self.fields.get("nonce", "")

    @property
    def count(self) -> int:
        """How often the nonce was used, as the client counts; 0 when it does not."""
        try:
            return int(self.fields.get("nc", ""), 16)
        except ValueError:
            return 0

    def matches(self, password: str, realm: str) -> bool:
        """Return whether the answer proves knowledge of ``password`` (RFC 7616, 3.4.1)."""
        name = _HASHES.get(self.fields.get("algorithm", "MD5"))
        get = self.fields.get
        if name is None or get("realm") != realm or get("qop") != "auth":
            return False
        a1 = _hex(name, f"{self.user}:{realm}:{password}")
        a2 = _hex(name, f"{self.method}:{get('uri', '')}")
        response = _hex(name, f"{a1}:{self.nonce}:{get('nc', '')}:{get('cnonce', '')}:auth:{a2}")
        return hmac.compare_digest(response.encode(), get("response", "").encode())


def read_answer(header: str | None, method: str) -> Answer | None:
    """Return the answer in an Authorization header, None when it is no Digest."""
    scheme, _, rest = (header or "").partition(" ")
    if scheme.lower() != "digest":
        return None
    try:
        return Answer(parse_keqv_list(parse_http_list(rest)), method)
    except (ValueError, IndexError):  # a part without "="
        return None


def challenges(realm: str, algorithms: tuple[str, ...], nonce: str, *, stale: bool) -> list[str]:
    """Return the values of WWW-Authenticate, one per algorithm, the best first (RFC 7616, 3.7)."""
    tail = ", stale=true" if stale else ""
    return [
        f'Digest realm="{realm}", qop="auth", algorithm={algorithm}, nonce="{nonce}"{tail}'
        for algorithm in sorted(algorithms, reverse=True)
    ]


def new_nonce(host: str, now: float) -> str:
    """Return a nonce of one device, good from ``now`` (seconds)."""
    stamp = f"{now:.3f}:{secrets.token_hex(4)}"
    return base64.urlsafe_b64encode(f"{stamp}:{_sign(host, stamp)}".encode()).decode()


def nonce_age(host: str, nonce: str, now: float) -> float | None:
    """Return how many seconds ago this device gave the nonce out, None when it never did."""
    try:
        stamp, _, signature = base64.urlsafe_b64decode(nonce).decode().rpartition(":")
        given = float(stamp.partition(":")[0])
    except ValueError:
        return None
    return now - given if hmac.compare_digest(signature, _sign(host, stamp)) else None


def _sign(host: str, stamp: str) -> str:
    return hmac.new(_KEY, f"{host}:{stamp}".encode(), "sha256").hexdigest()[:24]


def _hex(name: str, value: str) -> str:
    return hashlib.new(name, value.encode(), usedforsecurity=False).hexdigest()
