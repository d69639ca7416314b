"""Values as agents send them into numbers and texts (pure)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping

Raw = None | str | bytes | int | float

#: Hikvision cameras send numbers as text with a unit: "15 PERCENT", "512 MB", "0.0 GB" (recorded, DS-2CD2185FWD-I).
_NUMBER = re.compile(r"^\s*(-?\d+(?:\.\d+)?)\s*([A-Za-z%°]*)\s*$")
_SIZES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3, "TB": 1024**4}


def text(raw: Raw) -> str:
    """Return a text without control characters; some agents quote it, some pad it, octets that are no text become hex."""
    whole = str(raw if raw is not None else "")
    if isinstance(raw, bytes):
        try:
            whole = raw.decode("utf-8")
        except UnicodeDecodeError:
            return raw.hex("-").upper()
    words = "".join(one if one.isprintable() else " " for one in whole)
    words = " ".join(words.split())
    return words[1:-1].strip() if len(words) > 1 and words[0] == words[-1] == '"' else words


def first_line(raw: Raw) -> str:
    """Return the first line of a description, at most 120 characters of it."""
    whole = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else str(raw or "")
    return next((text(line)[:120] for line in whole.splitlines() if line.strip()), "")


def mac(raw: Raw) -> str:
    """Return six octets as XX-XX-XX-XX-XX-XX, empty for anything else (loopbacks have none)."""
    octets = raw if isinstance(raw, bytes) else b""
    return octets.hex("-").upper() if len(octets) == 6 else ""


def measured(raw: Raw) -> tuple[float, str] | None:
    """Return number and unit, None when there is no number (firmware that says "N/A", "Copper")."""
    if isinstance(raw, bool) or raw is None:
        return None
    if isinstance(raw, int | float):
        return (float(raw), "") if math.isfinite(raw) else None
    match = _NUMBER.match(text(raw))
    return (float(match[1]), match[2].upper()) if match else None


def _plain(scale: float) -> Callable[[Raw], float | None]:
    def convert(raw: Raw) -> float | None:
        value = measured(raw)
        return None if value is None else value[0] * scale

    return convert


def _percent(raw: Raw) -> float | None:
    """0-100 as 0-1; what lies outside is no share (65535 means "not known" on Comware)."""
    value = measured(raw)
    return value[0] / 100 if value and 0 <= value[0] <= 100 else None


def _size(raw: Raw) -> float | None:
    """Text with a unit, in bytes."""
    value = measured(raw)
    return value[0] * _SIZES[value[1]] if value and value[1] in _SIZES else None


def _microwatts_or_centi_dbm(raw: Raw) -> float | None:
    """Huawei: microwatts on older systems, hundredths of a dBm on newer ones, which are below zero there (-1: no module)."""
    value = measured(raw)
    if value is None or value[0] in (-1, 0):
        return None
    return 10 * math.log10(value[0] / 1000) if value[0] > 0 else value[0] / 100


CONVERSIONS: Mapping[str, Callable[[Raw], float | None]] = {
    "number": _plain(1),
    "percent": _percent,
    "size": _size,
    "kibibytes": _plain(1024),
    "mebibytes": _plain(1024**2),
    "gibibytes": _plain(1024**3),
    "tenths": _plain(0.1),
    "hundredths": _plain(0.01),
    "milli": _plain(1e-3),
    "micro": _plain(1e-6),
    "ten_micro": _plain(1e-5),
    "minutes": _plain(60),
    "watts_or_dbm": _microwatts_or_centi_dbm,
}
