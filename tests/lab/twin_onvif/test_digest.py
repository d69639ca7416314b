"""HTTP Digest nonces: each device's own, with a life of their own (RFC 7616, 3.3 and 3.4)."""

from __future__ import annotations

import hashlib

import aiohttp
import pytest

from lab.twin.auth.http_digest import Answer, challenges, new_nonce, nonce_age, read_answer
from tests.lab.twin_onvif.client import envelope
from tests.lab.twin_onvif.conftest import PORT

PATH = "/onvif/device_service"


def response(nonce: str, count: int, password: str = "admin") -> str:
    def md5(text: str) -> str:
        return hashlib.md5(text.encode()).hexdigest()

    secret = md5(f"admin:IP Camera:{password}")
    proof = md5(f"{secret}:{nonce}:{count:08x}:abc:auth:{md5(f'POST:{PATH}')}")
    return (
        f'Digest username="admin", realm="IP Camera", nonce="{nonce}", uri="{PATH}", qop=auth, nc={count:08x}, '
        f'cnonce="abc", response="{proof}"'
    )


async def post(twin, header: str | None = None) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession(headers={"Authorization": header} if header else {}) as session,
        session.post(
            f"http://{twin.installation.address}:{PORT}{PATH}", data=envelope("tds:GetUsers", "")
        ) as reply,
    ):
        return reply.status, reply.headers.get("WWW-Authenticate", "")


def nonce_in(challenge: str) -> str:
    return read_answer(challenge, "POST").nonce


async def test_a_nonce_serves_once_per_count(make_twin):
    twin = await make_twin("generic")
    nonce = nonce_in((await post(twin))[1])
    assert (await post(twin, response(nonce, 1)))[0] == 200
    assert (await post(twin, response(nonce, 2)))[0] == 200
    status, challenge = await post(twin, response(nonce, 2))
    assert status == 401
    assert "stale=true" in challenge


async def test_firmware_with_a_nonce_per_request(make_twin):
    twin = await make_twin("generic", overrides={"traits": {"auth": {"nonce_per_request": True}}})
    nonce = nonce_in((await post(twin))[1])
    assert (await post(twin, response(nonce, 1)))[0] == 200
    status, challenge = await post(twin, response(nonce, 2))
    assert status == 401
    assert "stale=true" in challenge


async def test_an_old_nonce_is_stale_and_no_wrong_password(make_twin, hand_clock):
    twin = await make_twin("generic", ("O7",))
    nonce = nonce_in((await post(twin))[1])
    hand_clock.move(301)
    status, challenge = await post(twin, response(nonce, 1))
    assert status == 401
    assert "stale=true" in challenge
    assert twin.counts["login refused"] == 0


async def test_a_wrong_password_is_not_stale(make_twin):
    twin = await make_twin("generic")
    nonce = nonce_in((await post(twin))[1])
    status, challenge = await post(twin, response(nonce, 1, "wrong"))
    assert status == 401
    assert "stale" not in challenge
    assert twin.counts["login refused"] == 1


def test_a_nonce_is_one_devices_own():
    nonce = new_nonce("shangtang-cam0001", 100.0)
    assert nonce_age("shangtang-cam0001", nonce, 130.0) == pytest.approx(30)
    assert nonce_age("shangtang-cam0002", nonce, 130.0) is None
    assert nonce_age("shangtang-cam0001", "made up", 130.0) is None


def test_the_best_algorithm_is_offered_first():
    offered = challenges("r", ("MD5", "SHA-256"), "n", stale=False)
    assert ["SHA-256" in line for line in offered] == [True, False]


@pytest.mark.parametrize("header", [None, "Basic YWRtaW46YWRtaW4=", "Digest nonsense", ""])
def test_what_is_no_answer(header):
    assert read_answer(header, "GET") is None


def test_an_answer_without_qop_does_not_match():
    assert not Answer({"username": "a", "realm": "r", "nonce": "n", "response": ""}, "GET").matches("p", "r")
