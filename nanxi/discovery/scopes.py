"""What a device's own words tell: scopes, names and codes (pure).

ONVIF Core 7.3.2.2 defines the scopes name, hardware, location, type and Profile; MAC and serial are what makers add.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

from nanxi.devices.values import plain

_SCOPE = re.compile(r"onvif://www\.onvif\.org/(?P<kind>[^/]+)/(?P<value>.+)", re.IGNORECASE)
_MAC = re.compile(r"(?:[0-9a-f]{2}[-:]?){5}[0-9a-f]{2}", re.IGNORECASE)
_CODE = re.compile(r"(?<![0-9])(?:[0-9]{20}|[0-9]{18})(?![0-9])")

#: Makers as they write themselves -> the register's vendor.
_VENDORS = (
    "hikvision", "dahua", "uniview", "axis", "bosch", "tiandy", "hanwha", "pelco", "sony", "panasonic", "tp-link",
    "vivotek", "kedacom", "huawei", "honeywell",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What the scopes of one device say; empty where they say nothing."""

    mac: str = ""  # XX-XX-XX-XX-XX-XX
    serial_number: str = ""
    name: str = ""
    model: str = ""
    stores: bool = False  # it says that it is a recorder
    all: tuple[str, ...] = ()


def read_scopes(scopes: Iterable[str]) -> Words:
    """Return what a list of scopes says; the first of each kind counts."""
    told: dict[str, str] = {}
    kinds: set[str] = set()
    texts = []
    for scope in scopes:
        match = _SCOPE.fullmatch(scope)
        if match is None:
            continue
        value = plain(unquote(match["value"], errors="replace")).strip()
        texts.append(value)
        told.setdefault(match["kind"].lower(), value)
        if match["kind"].lower() == "type":
            kinds.add(value.lower().replace("_", ""))
    return Words(
        mac=read_mac(told.get("mac", "")),
        serial_number=told.get("serial", ""),
        name=told.get("name", ""),
        model=told.get("hardware", ""),
        stores="networkvideostorage" in kinds,
        all=tuple(texts),
    )


def read_mac(value: str) -> str:
    """Return a MAC address of one device as XX-XX-XX-XX-XX-XX, empty for anything else."""
    if not _MAC.fullmatch(value):
        return ""
    digits = re.sub("[-:]", "", value).upper()
    if int(digits[1], 16) & 1 or not int(digits, 16):
        return ""  # a group address, or zeros
    return "-".join(digits[at : at + 2] for at in range(0, 12, 2))


def vendor_in(texts: Iterable[str]) -> str:
    """Return the maker that one of the texts names, as the register writes it; empty when none does."""
    whole = " ".join(texts).lower()
    return next((vendor for vendor in _VENDORS if vendor in whole), "")


def codes_in(texts: Iterable[str], civil_code: str) -> list[str]:
    """Return the device codes of this county, 20 or 18 digits, that the texts hold."""
    found = (code for one in texts for code in _CODE.findall(one))
    return list(dict.fromkeys(code for code in found if code.startswith(civil_code)))
