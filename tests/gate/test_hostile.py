"""A hostile camera gets no packet and no password anywhere but to itself, and costs the others nothing (S1, S2)."""

import json

import pytest
import yaml

from tests.hostile.cases import FOLDER
from tests.hostile.conftest import run_in_namespace

EXPECTED = yaml.safe_load((FOLDER.parent / "gate" / "hostile.yml").read_text("utf-8"))

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    output = tmp_path_factory.mktemp("arena") / "report.json"
    run_in_namespace("tests.gate.arena", str(output))
    return json.loads(output.read_text())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_ends_in_a_typed_error_or_plays(report, name):
    for camera in {name, f"{name}-open"} & set(report["cases"]):
        found = report["cases"][camera]
        causes = set(found["causes"]) or ({"playing"} if found["playing"] else set())
        assert causes == {EXPECTED[name]}, (camera, found)


def test_every_case_is_tried():
    assert set(EXPECTED) == {file.stem for file in (FOLDER / "rtsp").glob("*.yml")}


def test_healthy_cameras_play_on(report):
    for name in ("healthy-one", "healthy-two"):
        found = report["cases"][name]
        assert found["playing"]
        assert not found["causes"]
        assert found["pictures"] > 50


def test_no_packet_leaves_for_anybody_else(report):
    assert report["strays"] == {}


def test_no_password_is_heard(report):
    assert report["heard"] == []


def test_nothing_untyped_and_bounded_memory(report):
    assert report["mistakes"] == []
    assert report["bytes"] < 64 << 20


def test_no_camera_is_hammered(report):
    assert max(sum(found["causes"].values()) for found in report["cases"].values()) <= 20
