"""HTTP Digest against the examples of RFC 7616, and what is offered in the field."""

from __future__ import annotations

import pytest

from nanxi.devices.driver import Credential, Secret
from nanxi.devices.http.digest import Challenge, choose

# RFC 7616, section 3.9.1.
MUFASA = Credential("Mufasa", Secret("Circle of Life"))
NONCE = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
CNONCE = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
OPAQUE = "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
OFFER = f'realm="http-auth@example.org", qop="auth, auth-int", nonce="{NONCE}", opaque="{OPAQUE}"'
MD5 = f"Digest {OFFER}, algorithm=MD5"
SHA256 = f"Digest {OFFER}, algorithm=SHA-256"


@pytest.mark.parametrize(
    ("header", "response"),
    [
        (MD5, "8ca523f5e9506fed4657c9700eebdbec"),
        (SHA256, "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_rfc_7616_examples(header: str, response: str) -> None:
    challenge = choose([header])
    assert challenge is not None
    answer = challenge.answer(MUFASA, "GET", "/dir/index.html", CNONCE)
    assert f'response="{response}"' in answer
    assert f'opaque="{OPAQUE}"' in answer
    assert "nc=00000001" in answer


def test_counts_how_often_a_nonce_is_used() -> None:
    challenge = choose([MD5])
    assert challenge is not None
    challenge.answer(MUFASA, "POST", "/")
    assert "nc=00000002" in challenge.answer(MUFASA, "POST", "/")


def test_without_qop_as_in_rfc_2069() -> None:
    challenge = choose(['Digest realm="a", nonce="b"'])
    assert challenge is not None
    assert "cnonce" not in challenge.answer(MUFASA, "POST", "/")


@pytest.mark.parametrize(
    ("headers", "algorithm"),
    [
        (['Basic realm="x"', MD5], "MD5"),
        ([MD5, SHA256], "SHA-256"),
        ([MD5, 'Digest realm="a", nonce="b", algorithm=SHA-512-256'], "MD5"),
    ],
)
def test_takes_the_best_of_several_headers(headers: list[str], algorithm: str) -> None:
    challenge = choose(headers)
    assert challenge is not None
    assert challenge.algorithm == algorithm


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Digest",
        'Basic realm="x"',
        'Digest realm="x"',
        'Digest realm="x", nonce=""',
        'Digest realm="x", nonce="y", qop="auth-int"',
        'Digest realm="x", nonce="y", algorithm=CRC32',
        "Digest " + "a" * 5000,
        'Digest realm="x, nonce=y',
    ],
)
def test_never_answers_what_it_cannot_or_must_not(header: str) -> None:
    assert choose([header]) is None


def test_a_device_cannot_inject_a_header() -> None:
    challenge = Challenge('a"\r\nX: y', "n", "", "MD5", qop=True, stale=False)
    answer = challenge.answer(MUFASA, "POST", "/")
    assert "\r" not in answer
    assert "\n" not in answer
