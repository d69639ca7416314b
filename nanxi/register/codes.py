"""GB/T 28181 device codes: rule A with 20 digits, and the 18 digits of rule B and of Zhejiang's DB33/T 629.4.

The tables are data (``gbt28181.yml``). What a code must be for one device follows from the plan: the unit's civil
and station codes, the kind of device, and the digits that the county's edition gives to a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from nanxi.county.model import Edition, Network, Plan, PointClass
from nanxi.data import read_yaml
from nanxi.register.model import Camera, Device, Host, Kind

#: Folder of devices that belong to no unit of the annex, such as the county centre's switch.
COUNTY_UNIT = "county"
#: 基层接入单位编号 of a device that belongs to no grassroots unit (GB/T 28181 table D.1).
NO_STATION = "00"
#: What a host's type code says about its role.
ROLE_TYPES = {
    "gateway": "209",
    "recorder": "210",
    "mobile_recorder": "210",
    "monitor": "501",
    "controller": "208",
}

_DIGITS_20 = re.compile(r"[0-9]{20}")
_DIGITS_18 = re.compile(r"[0-9]{18}")


@dataclass(frozen=True, slots=True, order=True)
class DeviceCode:
    """A code by rule A, segment by segment (GB/T 28181 annex D.1)."""

    civil: str
    station: str
    industry: str
    type: str
    network: int
    serial: int

    def __str__(self) -> str:
        return f"{self.prefix}{self.serial:06d}"

    @property
    def prefix(self) -> str:
        """The 14 digits before the serial, within which serials count."""
        return f"{self.civil}{self.station}{self.industry}{self.type}{self.network}"


@dataclass(frozen=True, slots=True, order=True)
class LegacyCode:
    """A code with 18 digits, as devices from before GB/T 28181 carry it."""

    civil: str
    station: str
    industry: str
    serial: int
    type: str

    def __str__(self) -> str:
        return f"{self.civil}{self.station}{self.industry}{self.serial:06d}{self.type}"


def decode(code: str) -> DeviceCode | LegacyCode:
    """Return the segments of a code.

    Raises:
        ValueError: it has neither 20 nor 18 digits.
    """
    if _DIGITS_20.fullmatch(code):
        return DeviceCode(code[:6], code[6:8], code[8:10], code[10:13], int(code[13]), int(code[14:]))
    if _DIGITS_18.fullmatch(code):
        return LegacyCode(code[:6], code[6:8], code[8:10], int(code[10:16]), code[16:])
    raise ValueError(f"a code has 20 digits (18 for a legacy code): {code!r}")


def inherited_industry(original_code: str, edition: Edition) -> str | None:
    """Return the industry (digits 9-10) that a legacy code hands on to the new one; None where it has none."""
    try:
        parts = decode(original_code)
    except ValueError:
        return None
    return parts.industry if parts.industry in tables(edition).industries else None


@dataclass(frozen=True, slots=True)
class Tables:
    """Meanings of the segments in one edition; a number that is missing is reserved."""

    types: dict[str, str]
    industries: dict[str, str]
    networks: dict[str, str]
    kinds: dict[str, list[str]]
    legacy_types: dict[str, str]


@cache
def tables(edition: Edition) -> Tables:
    """Return the code tables of an edition of GB/T 28181."""
    data = read_yaml(Path(__file__).parent / "gbt28181.yml")
    return Tables(
        types=_expand(data["types"][edition]),
        industries=_expand(data["industries"][edition]),
        networks=_expand(data["networks"][edition]),
        kinds=data["kinds"],
        legacy_types=data["legacy_types"],
    )


def _expand(table: dict[str, str]) -> dict[str, str]:
    """Return the table with ranges such as 80-89 written out; a number named by itself wins over a range."""
    full: dict[str, str] = {}
    for key, meaning in table.items():
        first, _, last = key.partition("-")
        if last:
            full |= {f"{number:0{len(first)}d}": meaning for number in range(int(first), int(last) + 1)}
    return full | {key: meaning for key, meaning in table.items() if "-" not in key}


@dataclass(frozen=True, slots=True)
class Expected:
    """What the plan demands of a code's segments; the first of ``types`` and ``networks`` is what ``new`` gives."""

    civil: str
    station: str
    types: tuple[str, ...]
    networks: tuple[int, ...]


def expected(device: Device, plan: Plan) -> Expected:
    """Return what the plan demands of the code of ``device``."""
    unit = None if device.unit == COUNTY_UNIT else plan.unit(device.unit)
    return Expected(
        civil=unit.civil_code if unit else plan.county.civil_code,
        station=unit.station_code if unit else NO_STATION,
        types=type_codes(device, plan.county.edition),
        networks=network_digits(device.network, plan),
    )


def type_codes(device: Device, edition: Edition) -> tuple[str, ...]:
    """Return the type codes (digits 11-13) that a device may carry."""
    kinds, known = tables(edition).kinds, tables(edition).types
    if isinstance(device, Camera) and device.point_class is PointClass.VEHICLE:
        allowed = kinds["vehicle"]
    elif isinstance(device, Camera) and device.encoder:
        allowed = ["131", *kinds[Kind.CAMERA]]
    elif isinstance(device, Host):
        allowed = [ROLE_TYPES[device.role], *kinds[Kind.HOST]]
    else:
        allowed = kinds[device.kind]
    return tuple(dict.fromkeys(code for code in allowed if code in known))


def network_digits(network: Network, plan: Plan) -> tuple[int, ...]:
    """Return the values of digit 14 for a network; standalone points are ready to join the public network."""
    spec = plan.network_spec(Network.PUBLIC if network is Network.STANDALONE else network)
    assert spec is not None, "the plan's own check demands both networks"
    return tuple(sorted(spec.code_digits[plan.county.edition]))


@dataclass(frozen=True, slots=True)
class Fault:
    """One segment of a code that contradicts the register or the standard."""

    rule: str
    problem: str
    remedy: str


def faults(code: str, wanted: Expected, edition: Edition) -> Iterator[Fault]:
    """Yield every segment of ``code`` that is not as ``wanted`` or is reserved in the edition.

    A legacy code is older than stations, types and networks of today: only its county is compared.
    """
    parts, known = decode(code), tables(edition)
    if parts.civil != wanted.civil:
        yield Fault(
            "code-civil", f"digits 1-6 ({parts.civil}) are another county", f"{wanted.civil} is this one"
        )
    if isinstance(parts, LegacyCode):
        return
    if parts.station != wanted.station:
        problem = f"digits 7-8 ({parts.station}) are not the unit's station code"
        yield Fault("code-station", problem, f"the unit has {wanted.station}")
    if parts.industry not in known.industries:
        problem = f"digits 9-10 ({parts.industry}) are reserved in GB/T 28181-{edition}"
        yield Fault("code-industry", problem, "00 is 社会治安路面接入; see `scripts/register codes`")
    if parts.type not in wanted.types:
        meaning = known.types.get(parts.type, "reserved")
        choices = ", ".join(f"{code} {known.types[code]}" for code in wanted.types[:4])
        yield Fault(
            "code-type", f"digits 11-13 ({parts.type} {meaning}) are not this kind of device", choices
        )
    if parts.network not in wanted.networks:
        meaning = known.networks.get(str(parts.network), "reserved")
        choices = " or ".join(str(digit) for digit in wanted.networks)
        problem = f"digit 14 ({parts.network} {meaning}) is not the device's network"
        yield Fault("code-network", problem, f"{choices} in GB/T 28181-{edition}")
