"""UsernameToken against the example of ONVIF's Application Programmer's Guide."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

from nanxi.devices.driver import Credential, Secret
from nanxi.devices.onvif.wsse import security_header

CREATED = datetime(2010, 9, 16, 7, 50, 45, tzinfo=UTC)
NONCE = base64.b64decode("LKqI6G/AikKCQrN0zqZFlg==")


def test_digest_of_the_programmers_guide() -> None:
    header = security_header(Credential("user", Secret("userpassword")), CREATED, nonce=NONCE)
    assert '#PasswordDigest">tuOSpGlFlIXsozq4HFNeeGeFLEI=<' in header
    assert "<wsu:Created>2010-09-16T07:50:45Z<" in header


def test_password_is_only_in_clear_when_asked() -> None:
    credential = Credential("us<er", Secret("a&b"))
    assert "a&amp;b" not in security_header(credential, CREATED)
    header = security_header(credential, CREATED, clear=True)
    assert '#PasswordText">a&amp;b<' in header
    assert "us&lt;er" in header


def test_a_nonce_is_used_once() -> None:
    credential = Credential("user", Secret("x"))
    assert security_header(credential, CREATED) != security_header(credential, CREATED)
