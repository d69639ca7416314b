"""Rows for devices that the register does not have: observed, not counted, and with what only a person knows marked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from ipaddress import IPv4Address

from nanxi.county.model import Network, Plan, PointClass
from nanxi.discovery.area import Area, Segment
from nanxi.discovery.model import Found, Speaks
from nanxi.findings import Finding, InputError, NanxiError
from nanxi.register.checks import check
from nanxi.register.codes import DeviceCode, decode, expected, faults
from nanxi.register.columns import names
from nanxi.register.load import finding
from nanxi.register.model import MODELS, Device, Kind, Management, State
from nanxi.register.new import Allocator, make_draft

#: What a search can tell apart. An encoder shows itself only to who signs in: change its row by hand.
_KINDS = (Kind.CAMERA, Kind.NVR)
#: The class that demands least first: a person decides, and no guess may promise a class-1 point.
_CLASSES = (PointClass.CLASS_3, PointClass.CLASS_2, PointClass.CLASS_1)


@dataclass
class Proposal:
    """New rows, and why there is none for some devices."""

    rows: list[Device] = field(default_factory=list)
    refused: dict[IPv4Address, str] = field(default_factory=dict)


def propose(
    plan: Plan,
    devices: Mapping[str, Device],
    unknown: Iterable[Found],
    *,
    area: Area,
    cells: Mapping[str, str],
    today: date,
) -> Proposal:
    """Return a row for each unknown device, with the next running numbers and codes of its unit.

    A legacy code that the device tells becomes 原设备编码, and its industry lives on in the new code. A code with 20
    digits that fits the row and that nobody has is kept.

    Args:
        plan: the county's plan.
        devices: the register as it is.
        unknown: the devices.
        area: what was searched; it tells a device's unit and network.
        cells: columns that a person fills for every new row, by field or title.
        today: the day of the search, for 备注.

    Raises:
        InputError: ``cells`` names a column that no row has.
    """
    strange = [name for name in cells if not any(name in names(MODELS[kind]) for kind in _KINDS)]
    if strange:
        raise InputError(
            Finding("--set", 0, name, "", "no such column", "see `scripts/register columns`")
            for name in strange
        )
    allocator, proposal = Allocator(plan, devices.values()), Proposal()
    taken = {device.code for device in devices.values()}
    made: dict[str, Found] = {}
    for found in unknown:
        if not found.speaks & {Speaks.ONVIF, Speaks.ISAPI}:
            continue
        try:
            row = allocator.complete(_draft(plan, found, area[found.address], cells, today))
        except NanxiError as error:
            proposal.refused[found.address] = _reason(error)
            continue
        row = _own_code(plan, row, found, taken)
        taken.add(row.code)
        made[row.host] = found
        proposal.rows.append(row)
    for host, why in _mistakes(plan, [*devices.values(), *proposal.rows], made):
        proposal.refused.setdefault(made[host].address, why)
    proposal.rows = [row for row in proposal.rows if made[row.host].address not in proposal.refused]
    return proposal


def _draft(plan: Plan, found: Found, segment: Segment, cells: Mapping[str, str], today: date) -> Device:
    kind = Kind.NVR if found.recorder else Kind.CAMERA
    told = {
        "state": State.INSTALLED,
        "management": Management.OBSERVED,
        "network": segment.network,
        "vendor": found.vendor or "generic",
        "model": found.model,
        "driver": "onvif" if Speaks.ONVIF in found.speaks else "isapi",
        "serial_number": found.serial_number,
        "mac": found.mac,
        "ipv4": str(found.address),
        "http_port": "" if found.port in (None, 80) else str(found.port),
        "original_code": next((code for code in found.codes if len(code) == 18), ""),
    }
    if kind is Kind.CAMERA:
        told |= {"point_class": _class(plan, segment.network), "counted": "FALSE"}
        told["remark"] = f"{today}发现，名称、类别、位置待核"
    else:
        told |= {"channels": "1", "remark": f"{today}发现，名称、通道数、硬盘待核"}
    own = names(MODELS[kind])
    return make_draft(
        plan, kind, segment.unit, told | {own[name]: cells[name] for name in cells if name in own}
    )


def _class(plan: Plan, network: Network) -> str:
    allowed = (one for one in _CLASSES if network in plan.class_spec(one).networks)
    return next(allowed, PointClass.CLASS_3)


def _own_code(plan: Plan, row: Device, found: Found, taken: set[str]) -> Device:
    """Return the row with a code of today's form that the device has already, if it is one that it may have."""
    wanted, edition = expected(row, plan), plan.county.edition
    for code in found.codes:
        is_new = isinstance(decode(code), DeviceCode) and code not in taken
        if is_new and not any(faults(code, wanted, edition)):
            return row.model_copy(update={"code": code})
    return row


def _mistakes(plan: Plan, devices: Iterable[Device], made: Mapping[str, Found]) -> Iterator[tuple[str, str]]:
    """Yield host and reason for every new row that the register's own rules refuse."""
    for mistake in check(plan, list(devices)):
        if mistake.device.host in made:
            shown = finding(mistake)
            yield mistake.device.host, f"{shown.column}: {shown.problem} ({shown.found}); {shown.remedy}"


def _reason(error: NanxiError) -> str:
    if isinstance(error, InputError):
        return "; ".join(f"{one.column}: {one.problem}" for one in error.findings)
    return str(error)
