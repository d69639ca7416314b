"""Allocation: what a new device gets, and what it never gets."""

import pytest

from nanxi.findings import InputError, NanxiError
from nanxi.register.model import Camera, Encoder, Kind
from nanxi.register.new import allocate


def camera(row, number, **cells):
    return Camera.model_validate(row(number, unit="shangtang", **cells))


def register(*devices):
    return {device.host: device for device in devices}


def cams(plan, devices, count=1, **fields):
    fields = {"vendor": "hikvision", "point_class": "1"} | fields
    return allocate(plan, devices, Kind.CAMERA, "shangtang", count=count, fields=fields)


def test_the_first_devices_of_a_unit(plan):
    first, second = cams(plan, {}, 2)
    assert (first.host, first.code, str(first.ipv4)) == (
        "shangtang-cam0001",
        "33032401001320000001",
        "10.33.0.2",
    )
    assert (second.host, second.code, str(second.ipv4)) == (
        "shangtang-cam0002",
        "33032401001320000002",
        "10.33.0.3",
    )
    assert first.state == "planned"
    assert first.network == "police"
    assert first.name == first.place == "上塘0001"


@pytest.mark.parametrize(
    ("point_class", "network", "code", "address"),
    [
        ("2", "police", "33032401001320000001", "10.33.0.2"),
        ("3", "public", "33032401001328000001", "10.34.0.2"),
        ("vehicle", "police", "33032401001380000001", "10.33.0.2"),
        ("internal", "public", "33032401001328000001", "10.34.0.2"),
    ],
)
def test_class_decides_network_type_and_block(plan, point_class, network, code, address):
    (made,) = cams(plan, {}, point_class=point_class)
    assert (made.network, made.code, str(made.ipv4)) == (network, code, address)


def test_a_retired_devices_code_and_number_are_never_used_again_but_its_address_is(plan, row):
    old = camera(
        row, 7, state="retired", installed_on="2008-01-01", retired_on="2015-01-01", ipv4="10.33.0.2"
    )
    (made,) = cams(plan, register(old))
    assert (made.serial, made.code[-6:], str(made.ipv4)) == (8, "000008", "10.33.0.2")


def test_addresses_in_use_are_passed_over(plan, row):
    (made,) = cams(plan, register(camera(row, 1, ipv4="10.33.0.2"), camera(row, 2, ipv4="10.33.0.3")))
    assert str(made.ipv4) == "10.33.0.4"


def test_an_address_that_a_person_gives_is_kept(plan, row):
    (made,) = cams(plan, register(camera(row, 1, ipv4="10.33.0.2")), ipv4="10.33.0.77")
    assert str(made.ipv4) == "10.33.0.77"
    with pytest.raises(InputError, match=r"10\.33\.0\.2"):
        cams(plan, register(camera(row, 1, ipv4="10.33.0.2")), ipv4="10.33.0.2")


def test_the_industry_of_a_legacy_code_lives_on(plan):
    (made,) = cams(plan, {}, original_code="330324010500000007")
    assert made.code == "33032401051320000001"
    (made,) = cams(plan, {}, original_code="A-17")
    assert made.code == "33032401001320000001"


def test_a_camera_behind_an_encoder_is_analog_and_has_no_address_of_its_own(plan):
    cells = {
        "serial": 1,
        "code": "33032401001130000001",
        "name": "编码器",
        "state": "installed",
        "vendor": "x",
    }
    encoder = Encoder.model_validate(
        cells | {"unit": "shangtang", "network": "police", "channels": 16, "ipv4": "10.33.0.9"}
    )
    (made,) = cams(plan, register(encoder), encoder="shangtang-enc01", channel="3")
    assert made.ipv4 is None
    assert made.code[10:13] == "131"


@pytest.mark.parametrize(
    ("kind", "fields", "host", "code", "block"),
    [
        (Kind.SWITCH, {"platform": "huawei_vrp"}, "shangtang-sw01", "139", "management"),
        (Kind.HOST, {"role": "recorder"}, "shangtang-host01", "210", "recording"),
        (Kind.HOST, {"role": "gateway"}, "shangtang-host01", "209", "recording"),
        (Kind.NVR, {"channels": "64"}, "shangtang-nvr01", "118", "recording"),
        (Kind.ENCODER, {"channels": "16"}, "shangtang-enc01", "113", "cameras-police"),
    ],
)
def test_other_kinds(plan, kind, fields, host, code, block):
    (made,) = allocate(plan, {}, kind, "shangtang", count=1, fields={"vendor": "x"} | fields)
    assert made.host == host
    assert made.code[10:13] == code
    assert made.ipv4 in plan.addresses.blocks["shangtang"][block]


def test_a_device_of_the_county_itself(plan):
    fields = {"vendor": "huawei", "platform": "huawei_vrp"}
    (made,) = allocate(plan, {}, Kind.SWITCH, "county", count=1, fields=fields)
    assert made.host == "county-sw01"
    assert made.code.startswith("33032400")


def test_beyond_quota_and_headroom_nothing_is_allocated(plan):
    with pytest.raises(InputError, match="quota is 770"):
        cams(plan, {}, 1156)


def test_a_full_block_says_so(plan):
    with pytest.raises(NanxiError, match="no address is left"):
        cams(plan, {}, 2046, counted="FALSE")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"colour": "red"}, "no such column"),
        ({"point_class": "4"}, "no such value"),
        ({"vendor": " "}, "the cell is empty"),
        ({"network": "public"}, "may not be on the public network"),
        ({"switch": "shangtang-sw09"}, "not in the register"),
    ],
)
def test_wrong_fields_are_findings(plan, fields, words):
    with pytest.raises(InputError, match=words):
        cams(plan, {}, **fields)


def test_an_unknown_unit_lists_the_units(plan):
    with pytest.raises(NanxiError, match="shangtang, oubei"):
        allocate(plan, {}, Kind.CAMERA, "atlantis", count=1, fields={"vendor": "x", "point_class": "1"})
