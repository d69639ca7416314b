"""Who may enter: RFC 7616's own examples, and what a camera makes of credentials."""

import base64

import pytest

from lab.twin.rtsp.access import Attempt, attempt, challenges, response
from lab.twin.rtsp.message import Request
from lab.twin.rtsp.traits import RtspTraits

URL = "rtsp://10.33.0.9/main"
ACCOUNTS = {"recorder": "Right-2008"}


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_response_of_rfc_7616_section_3_9_1(algorithm, expected):
    fields = {
        "username": "Mufasa",
        "realm": "http-auth@example.org",
        "uri": "/dir/index.html",
        "algorithm": algorithm,
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "nc": "00000001",
        "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
        "qop": "auth",
    }
    assert response(fields, "GET", "Circle of Life") == expected


def digest(user="recorder", password="Right-2008", nonce="n1", realm="IP Camera", uri=URL, method="PLAY"):
    fields = {"username": user, "realm": realm, "nonce": nonce, "uri": uri}
    fields["response"] = response(fields, method, password)
    return "Digest " + ", ".join(f'{name}="{value}"' for name, value in fields.items())


def basic(pair):
    return "Basic " + base64.b64encode(pair.encode()).decode()


RIGHT, WRONG = Attempt("recorder", ok=True), Attempt("recorder", ok=False)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("", None, id="no credentials"),
        pytest.param("Bearer x", None, id="scheme that is not offered"),
        pytest.param(digest(), RIGHT, id="right"),
        pytest.param(digest(password="no"), WRONG, id="wrong password"),
        pytest.param(digest(realm="other"), WRONG, id="for another realm"),
        pytest.param(digest(uri="rtsp://10.33.0.9/other"), WRONG, id="for another URL"),
        pytest.param(digest(method="DESCRIBE"), WRONG, id="for another method"),
        pytest.param(digest(user="nobody"), Attempt("nobody", ok=False), id="unknown user"),
        pytest.param(
            digest(nonce="old"), Attempt("recorder", ok=False, stale=True), id="right for an old nonce"
        ),
        pytest.param(digest(nonce="old", password="no"), WRONG, id="wrong for an old nonce"),
        pytest.param(digest() + ", algorithm=SHA-512", None, id="algorithm that is not offered"),
        pytest.param("Digest", Attempt("", ok=False), id="empty digest"),
        pytest.param(basic("recorder:Right-2008"), RIGHT, id="basic"),
        pytest.param(basic("recorder:no"), WRONG, id="basic, wrong"),
        pytest.param("Basic ***", Attempt("", ok=False), id="basic, not base64"),
    ],
)
def test_attempt(header, expected):
    traits = RtspTraits(auth=("digest", "basic"))
    request = Request("PLAY", URL, "RTSP/1.0", {"authorization": header} if header else {})
    assert attempt(request, traits, ACCOUNTS, "n1") == expected


def test_basic_is_no_attempt_where_only_digest_is_offered():
    request = Request("PLAY", URL, "RTSP/1.0", {"authorization": basic("recorder:Right-2008")})
    assert attempt(request, RtspTraits(), ACCOUNTS, "n1") is None


def test_challenges_are_in_the_order_of_the_traits():
    traits = RtspTraits(auth=("basic", "digest"), algorithms=("SHA-256", "MD5"), qop=True, realm="r")
    assert challenges(traits, "n", stale=True) == [
        'Basic realm="r"',
        'Digest realm="r", nonce="n", algorithm=SHA-256, qop="auth", stale=TRUE',
        'Digest realm="r", nonce="n", qop="auth", stale=TRUE',
    ]


def test_lock_out_refuses_the_right_password_too(site, connect):
    camera = site.add()
    client = connect(camera)
    nonce = client.ask("DESCRIBE")[1]["www-authenticate"].partition('nonce="')[2].partition('"')[0]
    url = f"{client.base}/sub"

    def sign(password):
        header = digest(password=password, nonce=nonce, uri=url, method="DESCRIBE")
        return client.ask("DESCRIBE", Authorization=header)[0]

    assert sign("Right-2008") == 200
    assert [sign("wrong") for _ in range(5)] == [401] * 5
    assert sign("Right-2008") == 401


def test_nonce_of_another_connection_is_stale_and_no_wrong_attempt(site, connect):
    camera = site.add()
    client = connect(camera)
    header = digest(nonce="of another connection", uri=f"{client.base}/sub", method="DESCRIBE")
    status, headers, _ = client.ask("DESCRIBE", Authorization=header)
    assert (status, camera.wrong) == (401, 0)
    assert headers["www-authenticate"].endswith("stale=TRUE")
