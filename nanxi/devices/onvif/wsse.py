"""WS-Security UsernameToken (OASIS Username Token Profile 1.0; ONVIF Core 5.9.1)."""

from __future__ import annotations

import base64
import hashlib
import os
from datetime import datetime

from nanxi.devices.driver import Credential
from nanxi.devices.onvif.namespaces import ENCODING, SECURITY, TOKEN_PROFILE, UTILITY
from nanxi.devices.values import escape


def security_header(
    credential: Credential, created: datetime, *, clear: bool = False, nonce: bytes = b""
) -> str:
    """Return the wsse:Security header.

    Args:
        credential: the account.
        created: the *device's* present time in UTC (O1, O8): it rejects a token that is more than seconds off.
        clear: send the password as PasswordText, for the rare model that accepts nothing else (O5).
        nonce: random unless given.
    """
    stamp = created.isoformat(timespec="seconds").removesuffix("+00:00") + "Z"
    nonce = nonce or os.urandom(16)
    password = credential.password.value
    if clear:
        kind, proof = "PasswordText", escape(password)
    else:
        digest = hashlib.sha1(nonce + stamp.encode() + password.encode(), usedforsecurity=False)
        kind, proof = "PasswordDigest", base64.b64encode(digest.digest()).decode()
    return (
        f'<wsse:Security xmlns:wsse="{SECURITY}" xmlns:wsu="{UTILITY}" s:mustUnderstand="true">'
        f"<wsse:UsernameToken><wsse:Username>{escape(credential.user)}</wsse:Username>"
        f'<wsse:Password Type="{TOKEN_PROFILE}#{kind}">{proof}</wsse:Password>'
        f'<wsse:Nonce EncodingType="{ENCODING}">{base64.b64encode(nonce).decode()}</wsse:Nonce>'
        f"<wsu:Created>{stamp}</wsu:Created></wsse:UsernameToken></wsse:Security>"
    )
