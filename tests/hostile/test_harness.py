"""The proof can fail: a client that trusts the camera is noticed by walls and wiretap."""

import json
from base64 import b64encode
from pathlib import Path

import pytest

from tests.hostile.conftest import run_in_namespace

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def noticed(tmp_path_factory: pytest.TempPathFactory) -> dict:
    output: Path = tmp_path_factory.mktemp("naive") / "report.json"
    run_in_namespace("tests.hostile.naive", str(output))
    return json.loads(output.read_text())


def test_followed_redirect_is_counted(noticed: dict) -> None:
    assert noticed["strays"]["169.254.169.254"] > 0


def test_packet_over_ipv6_is_counted(noticed: dict) -> None:
    assert noticed["strays"]["2001:db8::1"] > 0


def test_basic_password_is_heard(noticed: dict) -> None:
    assert noticed["heard"] == [b64encode(b"admin:Kx7-naive-qZ9w").decode()]
