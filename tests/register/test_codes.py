"""GB/T 28181 codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanxi.county.model import Edition, Network
from nanxi.register.cells import group_code, read_code
from nanxi.register.codes import DeviceCode, Expected, LegacyCode, decode, faults, network_digits, tables


def of(length):
    return st.text("0123456789", min_size=length, max_size=length)


CODES = st.builds(DeviceCode, of(6), of(2), of(2), of(3), st.integers(0, 9), st.integers(0, 999_999))
LEGACY = st.builds(LegacyCode, of(6), of(2), of(2), st.integers(0, 999_999), of(2))


@given(CODES | LEGACY)
def test_decode_undoes_encode_and_a_spreadsheet_cannot_harm_a_grouped_code(code):
    assert decode(str(code)) == code
    assert read_code(group_code(str(code))) == str(code)


@given(st.text(max_size=25).filter(lambda text: len(text) not in (18, 20) or not text.isdecimal()))
def test_everything_else_is_no_code(text):
    with pytest.raises(ValueError, match="20 digits"):
        decode(text)


def test_the_segments_of_an_example():
    assert decode("33032401001320000001") == DeviceCode("330324", "01", "00", "132", 0, 1)
    assert decode("33032401001320000001").prefix == "33032401001320"


@pytest.mark.parametrize(
    ("edition", "table", "key", "meaning"),
    [
        (Edition.E2016, "networks", "8", "社会资源接入网"),
        (Edition.E2022, "networks", "8", "专线"),
        (Edition.E2016, "networks", "4", "监控报警专网"),
        (Edition.E2016, "industries", "43", "冶金企业接入"),
        (Edition.E2022, "industries", "43", "电力、热力、燃气及水生产和供应业接入"),
        (Edition.E2022, "industries", "12", "民航接入"),
        (Edition.E2016, "industries", "85", "居民自建"),
        (Edition.E2016, "types", "118", "网络视频录像机"),
        (Edition.E2016, "types", "121", "前端主设备扩展"),
        (Edition.E2022, "types", "121", "视频卡口"),
    ],
)
def test_editions_differ_where_the_standard_does(edition, table, key, meaning):
    assert getattr(tables(edition), table)[key] == meaning


def test_reserved_numbers_have_no_meaning():
    assert "12" not in tables(Edition.E2016).industries
    assert "9" not in tables(Edition.E2022).networks


def test_the_edition_decides_what_a_network_digit_may_be(plan):
    older = plan.model_copy(update={"county": plan.county.model_copy(update={"edition": Edition.E2016})})
    assert network_digits(Network.POLICE, plan) == (0, 1)
    assert network_digits(Network.POLICE, older) == (0, 1, 2, 3, 4)
    assert network_digits(Network.STANDALONE, plan) == network_digits(Network.PUBLIC, plan) == (8,)


def test_a_legacy_code_is_compared_by_its_county_only():
    wanted = Expected("330324", "01", ("132",), (0,))
    assert [fault.rule for fault in faults("330324990000012399", wanted, Edition.E2022)] == []
    assert [fault.rule for fault in faults("330302990000012399", wanted, Edition.E2022)] == ["code-civil"]


def test_every_wrong_segment_is_named():
    wanted = Expected("330324", "01", ("132",), (0,))
    found = [fault.rule for fault in faults("33030202201187000001", wanted, Edition.E2022)]
    assert found == ["code-civil", "code-station", "code-industry", "code-type", "code-network"]
