"""WS-Security UsernameToken as a device checks it (OASIS UsernameToken Profile 1.0; ONVIF Core 5.9.4)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from lxml import etree

from lab.twin.soap import text

_CREATED = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Token:
    """A UsernameToken as sent."""

    user: str
    password: str  # in clear, or the digest
    kind: Literal["wsse-digest", "wsse-text"]
    nonce: str
    created: str

    def matches(self, password: str) -> bool:
        """Return whether the token proves knowledge of ``password``."""
        if self.kind == "wsse-text":
            return hmac.compare_digest(self.password.encode(), password.encode())
        try:
            nonce = base64.b64decode(self.nonce, validate=True)
        except (binascii.Error, ValueError):
            return False
        digest = hashlib.sha1(
            nonce + self.created.encode() + password.encode(), usedforsecurity=False
        ).digest()
        return hmac.compare_digest(self.password, base64.b64encode(digest).decode())

    def created_at(self, *, must_be_utc: bool) -> float | None:
        """Return Created as UNIX time, None when the firmware cannot read it; UTC unless it says otherwise (O8)."""
        match = _CREATED.fullmatch(self.created)
        if match is None or (must_be_utc and match[3] not in ("Z", "+00:00")):
            return None
        moment = datetime.fromisoformat(self.created)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def read_token(security: etree._Element | None) -> Token | None:
    """Return the UsernameToken of a Security header, None where there is none."""
    if security is None or (user := text(security, "wsse:UsernameToken/wsse:Username")) is None:
        return None
    password = security.find(
        "wsse:UsernameToken/wsse:Password", {"wsse": etree.QName(security).namespace or ""}
    )
    kind = "" if password is None else password.get("Type", "")
    return Token(
        user=user,
        password="" if password is None else password.text or "",
        kind="wsse-digest" if kind.endswith("#PasswordDigest") else "wsse-text",
        nonce=text(security, "wsse:UsernameToken/wsse:Nonce") or "",
        created=text(security, "wsse:UsernameToken/wsu:Created") or "",
    )
