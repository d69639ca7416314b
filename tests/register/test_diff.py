"""Two registers compared."""

import pytest

from nanxi.register.diff import diff
from nanxi.register.model import Camera


@pytest.fixture
def cameras(row):
    return [Camera.model_validate(row(number, unit="shangtang")) for number in (1, 2, 3)]


def texts(old, new):
    pairs = ({device.host: device for device in devices} for devices in (old, new))
    return [str(one) for one in diff(*pairs)]


def test_equal_registers_do_not_differ_whatever_their_order_and_rows(cameras):
    other = [camera.model_copy(update={"line": 99}) for camera in reversed(cameras)]
    assert texts(cameras, other) == []


def test_added_removed_and_changed_field_by_field(cameras):
    changed = cameras[1].model_copy(update={"state": "repair", "remark": "镜头污损"})
    assert texts(cameras[:2], [changed, cameras[2]]) == [
        "removed shangtang-cam0001 33032401001320000001",
        "added shangtang-cam0003 33032401001320000003",
        "changed shangtang-cam0002 state: installed -> repair",
        "changed shangtang-cam0002 remark: (empty) -> 镜头污损",
    ]


def test_a_device_that_moved_keeps_its_code(cameras):
    moved = cameras[0].model_copy(update={"serial": 9})
    assert texts(cameras[:1], [moved]) == [
        "changed shangtang-cam0009 host: shangtang-cam0001 -> shangtang-cam0009"
    ]


def test_a_mended_code_is_a_change_of_the_same_device(cameras):
    mended = cameras[0].model_copy(update={"code": "33032401001320000077"})
    assert texts(cameras[:1], [mended]) == [
        "changed shangtang-cam0001 code: 33032401001320000001 -> 33032401001320000077"
    ]
