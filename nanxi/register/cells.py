"""What a spreadsheet does to a cell, undone: codes, MAC addresses, dates and yes/no as people and Excel write them.

Each type below is used by the register's models. A cell that cannot be read raises ``PydanticCustomError`` whose
type is the rule's id and whose context holds the remedy; the loader turns it into a finding.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints
from pydantic_core import PydanticCustomError

_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
_GROUPS = re.compile(r"[-\s\u2010-\u2015']")
_MAC_MARKS = re.compile(r"[-:.\s]")
_HEX12 = re.compile(r"[0-9A-F]{12}")
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0{1,2}(?::00){1,2})?")
_YES = frozenset({"TRUE", "是", "1", "YES", "Y", "T", "真"})
_NO = frozenset({"FALSE", "否", "0", "NO", "N", "F", "假"})
_VENDORS = {
    "海康": "hikvision",
    "海康威视": "hikvision",
    "大华": "dahua",
    "大华股份": "dahua",
    "浙江大华": "dahua",
    "宇视": "uniview",
    "宇视科技": "uniview",
    "安讯士": "axis",
    "博世": "bosch",
    "华为": "huawei",
    "新华三": "h3c",
    "华三": "h3c",
    "锐捷": "ruijie",
    "天地伟业": "tiandy",
    "其他": "generic",
}
_AS_TEXT = "take the code from the device's file and write it in groups, like 33032401-00-132-0-000001"


def _wrong(rule: str, problem: str, remedy: str) -> PydanticCustomError:
    # Braces would be read as placeholders by pydantic's message formatter.
    return PydanticCustomError(rule, "{problem}", {"problem": problem, "remedy": remedy})


def read_code(value: object) -> object:
    """Return the code's digits without grouping marks.

    Excel and WPS keep 15 significant digits: a code typed or opened as a number comes back as ``3.30324E+19`` or
    with its last five digits zero. A grouped code is text to them and survives, so zeros are believed there.
    """
    if not isinstance(value, str):
        return value
    text = value.strip()
    digits = _GROUPS.sub("", text)
    if len(digits) == 20 and digits.isdecimal() and digits.isascii():
        if digits.endswith("00000") and "-" not in text:
            raise _wrong(
                "code-rounded", "a spreadsheet rounded the code to 15 digits, its serial is lost", _AS_TEXT
            )
        return digits
    if len(digits) == 18 and digits.isdecimal() and digits.isascii():
        return digits
    if _SCIENTIFIC.fullmatch(text):
        raise _wrong("code-scientific", "a spreadsheet turned the code into a rounded number", _AS_TEXT)
    raise _wrong(
        "code-format",
        f"a code has 20 digits (18 for a legacy code), not {len(digits)} characters",
        "write it as 33032401-00-132-0-000001",
    )


def read_original_code(value: object) -> object:
    """Return the legacy code as it stands, without grouping marks if it is all digits."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if _SCIENTIFIC.fullmatch(text):
        raise _wrong("code-scientific", "a spreadsheet turned the code into a rounded number", _AS_TEXT)
    digits = _GROUPS.sub("", text)
    return digits if digits.isdecimal() else text


def group_code(code: str) -> str:
    """Return the code in groups, which every spreadsheet keeps as text; anything but digits is returned as it is."""
    if not (code.isdecimal() and code.isascii()):
        return code
    if len(code) == 20:
        return "-".join((code[:8], code[8:10], code[10:13], code[13], code[14:]))
    if len(code) == 18:
        return "-".join((code[:8], code[8:10], code[10:16], code[16:]))
    return code


def read_mac(value: object) -> object:
    """Return a MAC address as ``XX-XX-XX-XX-XX-XX`` (GB/T 28181-2022), whatever the maker's way to write it."""
    if not isinstance(value, str):
        return value
    digits = _MAC_MARKS.sub("", value).upper()
    if not _HEX12.fullmatch(digits):
        raise _wrong("mac-format", "not a MAC address", "write it as 44-19-B6-12-34-56")
    if int(digits[1], 16) & 1 or digits == "0" * 12:
        raise _wrong(
            "mac-group", "not the address of one device (group address or zero)", "read it from the label"
        )
    return "-".join(digits[index : index + 2] for index in range(0, 12, 2))


def read_day(value: object) -> object:
    """Return a date written as 2026-01-05, 2026/1/5 (Excel), 2026.1.5 or 2026年1月5日."""
    if not isinstance(value, str):
        return value
    match = _DAY.fullmatch(value.strip())
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise _wrong("date-format", "not a date", "write it as 2026-01-05")


def read_vendor(value: object) -> object:
    """Return a maker's key. It selects drivers, credentials and an Ansible group, so there is one way to write it."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    return _VENDORS.get(text, text.lower())


def read_flag(value: object) -> object:
    """Return yes or no as spreadsheets and people write it."""
    if not isinstance(value, str):
        return value
    text = value.strip().upper()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise _wrong("flag-format", "neither yes nor no", "write TRUE or FALSE (是 or 否)")


Code = Annotated[str, BeforeValidator(read_code)]
Mac = Annotated[str, BeforeValidator(read_mac)]
Day = Annotated[date, BeforeValidator(read_day)]
Flag = Annotated[bool, BeforeValidator(read_flag)]
_ONE_LINE = StringConstraints(max_length=200, pattern=r"^([^=@\p{Cc}][^\p{Cc}]*)?$")
#: One line of text. A control character would reach switch configurations and OSDs; a leading = or @ is a formula to
#: the spreadsheet of the next person who opens the file.
Text = Annotated[str, _ONE_LINE]
OriginalCode = Annotated[str, BeforeValidator(read_original_code), _ONE_LINE]
Vendor = Annotated[str, BeforeValidator(read_vendor), _ONE_LINE]
