"""The synthetic county."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanxi.findings import NanxiError
from nanxi.register.checks import check
from nanxi.register.codes import LegacyCode, decode
from nanxi.register.model import Kind
from nanxi.register.sample import sample, share


@pytest.fixture(scope="module")
def county(plan):
    return list(sample(plan, plan.total_by_table, seed=1))


def test_the_whole_county_passes_every_check(plan, county):
    assert check(plan, county) == []


def test_quotas_existing_cameras_and_classes_are_the_plans(plan, county):
    cameras = [device for device in county if device.kind is Kind.CAMERA]
    assert len(cameras) == plan.total_by_table == 5286
    assert Counter(camera.unit for camera in cameras if camera.counted) == {
        unit.key: unit.quota for unit in plan.units
    }
    assert sum(not camera.counted for camera in cameras) == 1276
    classes = Counter(camera.point_class for camera in cameras)
    for key, percent in (("1", 7.5), ("2", 17.5), ("3", 75.0)):
        assert classes[key] / len(cameras) * 100 == pytest.approx(percent, abs=0.5)


def test_existing_cameras_carry_an_18_digit_code_new_ones_none(county):
    for device in county:
        if device.kind is Kind.CAMERA:
            legacy = [decode(device.original_code)] if device.original_code else []
            assert [type(code) for code in legacy] == ([] if device.counted else [LegacyCode])


def test_every_unit_has_every_kind_and_every_row_says_that_it_is_synthetic(plan, county):
    assert {(device.unit, device.kind) for device in county} == {
        (unit.key, kind) for unit in plan.units for kind in Kind
    }
    assert {device.remark for device in county} == {"合成数据"}
    assert len({device.vendor for device in county if device.kind is Kind.CAMERA}) >= 6


def test_equal_seeds_give_equal_counties(lab_plan):
    assert list(sample(lab_plan, 30, seed=7)) == list(sample(lab_plan, 30, seed=7))
    assert list(sample(lab_plan, 30, seed=7)) != list(sample(lab_plan, 30, seed=8))


@pytest.mark.parametrize("size", [0, 1, 19, 1000])
def test_any_size(plan, size):
    devices = list(sample(plan, size, seed=1))
    assert sum(device.kind is Kind.CAMERA for device in devices) == size
    assert check(plan, devices) == []


def test_kinds_that_are_not_wanted_are_not_referred_to(lab_plan):
    cameras = list(sample(lab_plan, 26, seed=1, kinds=frozenset({Kind.CAMERA})))
    assert {camera.kind for camera in cameras} == {Kind.CAMERA}
    assert check(lab_plan, cameras) == []


def test_a_county_too_large_for_the_address_plan_says_so(lab_plan):
    with pytest.raises(NanxiError, match="no address is left"):
        list(sample(lab_plan, 500, seed=1))


@given(st.integers(0, 10_000), st.lists(st.integers(1, 999), min_size=1, max_size=20))
def test_shares_are_whole_and_sum_up(total, weights):
    parts = share(total, dict(enumerate(weights)))
    assert sum(parts.values()) == total
    for index, weight in enumerate(weights):
        assert abs(parts[index] - total * weight / sum(weights)) < 1
