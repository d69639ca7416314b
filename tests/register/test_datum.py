"""Chinese map datums against the reference points of the EvilTransform project."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanxi.register.datum import from_wgs84, to_wgs84
from nanxi.register.model import Datum

# latitude and longitude in WGS-84, then in GCJ-02: Shanghai, Shenzhen, Beijing.
GCJ02 = [
    (31.1774276, 121.5272106, 31.17530398364597, 121.531541859215),
    (22.543847, 113.912316, 22.540796131694766, 113.9171764808363),
    (39.911954, 116.377817, 39.91334545536069, 116.38404722455657),
]


@pytest.mark.parametrize(("latitude", "longitude", "north", "east"), GCJ02)
def test_reference_points(latitude, longitude, north, east):
    assert from_wgs84(longitude, latitude, Datum.GCJ02) == pytest.approx((east, north), abs=1e-9)
    assert to_wgs84(east, north, Datum.GCJ02) == pytest.approx((longitude, latitude), abs=1e-9)


def test_baidu_reference_point():
    """Beijing railway station on both maps, as several projects quote it to five decimal places."""
    assert to_wgs84(116.43351, 39.90851, Datum.BD09) == pytest.approx(
        to_wgs84(116.42703, 39.90245, Datum.GCJ02), abs=2e-5
    )


@given(st.floats(120.31, 120.99), st.floats(27.97, 28.61), st.sampled_from(Datum))
def test_there_and_back_within_a_metre_anywhere_in_the_county(longitude, latitude, datum):
    assert to_wgs84(*from_wgs84(longitude, latitude, datum), datum) == pytest.approx(
        (longitude, latitude), abs=1e-5
    )


def test_the_offset_is_what_makes_the_datum_matter():
    east, north = from_wgs84(120.68, 28.15, Datum.GCJ02)
    assert 100 < ((east - 120.68) * 98_000) ** 2 + ((north - 28.15) * 111_000) ** 2 < 700**2
