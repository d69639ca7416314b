"""Chinese map coordinates: GCJ-02 (Amap, Tencent) and BD-09 (Baidu) to and from WGS-84.

The formula is the well-known approximation of the official offset over Krasovsky's ellipsoid (first published as
*EvilTransform*, checked here against that project's reference points; the packages that wrap it have had no
release since 2018, so the forty lines are ours). GCJ-02 has no closed inverse: the offset changes slowly, so a few
fixed-point steps reach far below GPS accuracy.
"""

from __future__ import annotations

from math import atan2, cos, hypot, pi, radians, sin, sqrt

from nanxi.register.model import Datum

_AXIS = 6378245.0  # Krasovsky 1940, metres
_ECCENTRICITY = 0.00669342162296594323
_BD_PI = pi * 3000.0 / 180.0
_BD_SHIFT_LON, _BD_SHIFT_LAT = 0.0065, 0.006
_STEPS = 6


def to_wgs84(longitude: float, latitude: float, datum: Datum) -> tuple[float, float]:
    """Return longitude and latitude in WGS-84, degrees, good to a few centimetres inside China."""
    if datum is Datum.WGS84:
        return longitude, latitude
    if datum is Datum.BD09:
        longitude, latitude = _bd09_to_gcj02(longitude, latitude)
    guess_lon, guess_lat = longitude, latitude
    for _ in range(_STEPS):
        shifted_lon, shifted_lat = _wgs84_to_gcj02(guess_lon, guess_lat)
        guess_lon -= shifted_lon - longitude
        guess_lat -= shifted_lat - latitude
    return guess_lon, guess_lat


def from_wgs84(longitude: float, latitude: float, datum: Datum) -> tuple[float, float]:
    """Return longitude and latitude in ``datum``, degrees."""
    if datum is Datum.WGS84:
        return longitude, latitude
    longitude, latitude = _wgs84_to_gcj02(longitude, latitude)
    return _gcj02_to_bd09(longitude, latitude) if datum is Datum.BD09 else (longitude, latitude)


def _wgs84_to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - 105.0, latitude - 35.0
    root = sqrt(abs(x))
    shared = 20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)
    north = shared + 20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)
    north += 160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y / 30.0 * pi)
    north = north * 2.0 / 3.0 - 100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    east = shared + 20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)
    east += 150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)
    east = east * 2.0 / 3.0 + 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    sine = sin(radians(latitude))
    magic = 1 - _ECCENTRICITY * sine * sine
    north = north * 180.0 / ((_AXIS * (1 - _ECCENTRICITY)) / (magic * sqrt(magic)) * pi)
    east = east * 180.0 / (_AXIS / sqrt(magic) * cos(radians(latitude)) * pi)
    return longitude + east, latitude + north


def _gcj02_to_bd09(longitude: float, latitude: float) -> tuple[float, float]:
    radius = hypot(longitude, latitude) + 0.00002 * sin(latitude * _BD_PI)
    angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * _BD_PI)
    return radius * cos(angle) + _BD_SHIFT_LON, radius * sin(angle) + _BD_SHIFT_LAT


def _bd09_to_gcj02(longitude: float, latitude: float) -> tuple[float, float]:
    x, y = longitude - _BD_SHIFT_LON, latitude - _BD_SHIFT_LAT
    radius = hypot(x, y) - 0.00002 * sin(y * _BD_PI)
    angle = atan2(y, x) - 0.000003 * cos(x * _BD_PI)
    return radius * cos(angle), radius * sin(angle)
