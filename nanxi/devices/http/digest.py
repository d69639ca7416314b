"""HTTP Digest access authentication (RFC 7616), the client's side.

aiohttp's own middleware reads only the first WWW-Authenticate header (cameras offer Basic, MD5 and SHA-256 in
separate ones) and does not tell whether a password was spent, which the lock-out guard must know.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.request import parse_http_list

from nanxi.devices.driver import Credential

#: Best first; a camera that offers both MD5 and SHA-256 gets SHA-256.
_ALGORITHMS = {"SHA-256": hashlib.sha256, "MD5": hashlib.md5}


@dataclass(slots=True)
class Challenge:
    """A Digest challenge and how often its nonce was used."""

    realm: str
    nonce: str
    opaque: str
    algorithm: str  # as the device wrote it, with -sess where it asks for it
    qop: bool
    stale: bool
    count: int = 0

    def answer(self, credential: Credential, method: str, path: str, own_nonce: str = "") -> str:
        """Return the Authorization header for one more request; ``own_nonce`` is random unless given."""
        name = self.algorithm.upper()
        function = _ALGORITHMS[name.removesuffix("-SESS")]

        def digest(*parts: str) -> str:
            return function(":".join(parts).encode()).hexdigest()

        self.count += 1
        counter = f"{self.count:08x}"
        own_nonce = own_nonce or os.urandom(8).hex()
        secret = digest(credential.user, self.realm, credential.password.value)
        if name.endswith("-SESS"):
            secret = digest(secret, self.nonce, own_nonce)
        target = digest(method, path)
        if self.qop:
            response = digest(secret, self.nonce, counter, own_nonce, "auth", target)
            tail = f', qop=auth, nc={counter}, cnonce="{own_nonce}"'
        else:
            response, tail = digest(secret, self.nonce, target), ""
        opaque = f', opaque="{_quote(self.opaque)}"' if self.opaque else ""
        return (
            f'Digest username="{_quote(credential.user)}", realm="{_quote(self.realm)}", '
            f'nonce="{_quote(self.nonce)}", uri="{path}", response="{response}", '
            f"algorithm={self.algorithm}{opaque}{tail}"
        )


def choose(headers: Iterable[str]) -> Challenge | None:
    """Return the best Digest challenge of all WWW-Authenticate headers, None when there is none we can answer.

    Basic is never answered: it would hand the password to whoever asks.
    """
    offered = [challenge for header in headers if (challenge := _parse(header))]
    order = list(_ALGORITHMS)
    return min(offered, key=lambda c: order.index(c.algorithm.upper().removesuffix("-SESS")), default=None)


def _parse(header: str) -> Challenge | None:
    scheme, _, rest = header.strip().partition(" ")
    if scheme.lower() != "digest" or len(rest) > 2048:
        return None
    pairs = (part.partition("=") for part in parse_http_list(rest))
    fields = {key.strip().lower(): _unquote(value.strip()) for key, _, value in pairs}
    algorithm = fields.get("algorithm", "MD5")
    qop = {part.strip().lower() for part in fields.get("qop", "").split(",")}
    known = algorithm.upper().removesuffix("-SESS") in _ALGORITHMS
    if not known or not fields.get("nonce") or not ("auth" in qop or qop == {""}):
        return None
    return Challenge(
        realm=fields.get("realm", ""),
        nonce=fields["nonce"],
        opaque=fields.get("opaque", ""),
        algorithm=algorithm,
        qop="auth" in qop,
        stale=fields.get("stale", "").lower() == "true",
    )


def _unquote(value: str) -> str:
    inside = value[1:-1] if len(value) > 1 and value[0] == value[-1] == '"' else value
    # aiohttp hands over bytes that are no UTF-8 as lone surrogates, which cannot be encoded again.
    return inside.encode("utf-8", "replace").decode()


def _quote(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "")
