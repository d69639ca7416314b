"""Allocate new devices of a unit: running numbers, codes and addresses that nothing else has or ever had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network

from pydantic import ValidationError

from nanxi.county.addresses import gateway
from nanxi.county.model import Network, Plan, PointClass
from nanxi.findings import Finding, InputError, NanxiError
from nanxi.register.checks import check
from nanxi.register.checks.addresses import blocks_for
from nanxi.register.codes import COUNTY_UNIT, DeviceCode, decode, expected, inherited_industry
from nanxi.register.columns import names
from nanxi.register.load import finding, reason
from nanxi.register.model import MODELS, Camera, Device, Encoder, Host, Kind, Nvr, State

#: Stands in for a code until the device's segments are known; never leaves this module.
_NO_CODE = "00000000000000000001"
_MAX_SERIAL = 999_999
#: A name that becomes the unit's name and the running number.
_PLACE_UNKNOWN = "?"
_NAMES = {
    Kind.CAMERA: "",
    Kind.ENCODER: "编码器",
    Kind.NVR: "录像机",
    Kind.SWITCH: "交换机",
    Kind.HOST: "主机",
}


class Allocator:
    """Gives out what is free in a register; what a retired device had as code and number is never free."""

    def __init__(self, plan: Plan, devices: Iterable[Device]) -> None:
        self.plan = plan
        self.devices = list(devices)
        self._numbers: dict[tuple[str, Kind], int] = {}
        self._serials: dict[str, int] = {}
        self._taken: set[int] = set()
        self._next: dict[tuple[IPv4Network, ...], Iterator[IPv4Address]] = {}
        for device in self.devices:
            self._note(device)

    def _note(self, device: Device) -> None:
        key = (device.unit, device.kind)
        self._numbers[key] = max(self._numbers.get(key, 0), device.serial)
        code = decode(device.code)
        if isinstance(code, DeviceCode):
            self._serials[code.prefix] = max(self._serials.get(code.prefix, 0), code.serial)
        if device.ipv4 is not None and device.state is not State.RETIRED:
            self._taken.add(int(device.ipv4))

    def complete(self, draft: Device) -> Device:
        """Return ``draft`` with number, code and address; an address that it has stays, and one behind an encoder has none.

        Raises:
            NanxiError: the numbers or the addresses of the unit are used up.
        """
        number = self._numbers.get((draft.unit, draft.kind), 0) + 1
        update: dict[str, object] = {"serial": number, "code": self._code(draft)}
        if draft.ipv4 is None and not (isinstance(draft, Camera) and draft.encoder):
            update["ipv4"] = self._address(draft)
        label = f"{self._unit_name(draft.unit)}{_NAMES[draft.kind]}{number:0{draft.digits}d}"
        if isinstance(draft, Camera) and draft.place == _PLACE_UNKNOWN:
            update["place"] = label
        if draft.name == _PLACE_UNKNOWN:
            update["name"] = label
        device = draft.model_copy(update=update)
        if number >= 10**device.digits:
            raise NanxiError(f"{draft.unit} has no running number left for {draft.kind}")
        self._note(device)
        self.devices.append(device)
        return device

    def _unit_name(self, unit: str) -> str:
        return self.plan.county.name if unit == COUNTY_UNIT else self.plan.unit(unit).name

    def _code(self, draft: Device) -> str:
        wanted = expected(draft, self.plan)
        usual = "00" if draft.unit == COUNTY_UNIT else self.plan.unit(draft.unit).industry_code
        industry = inherited_industry(draft.original_code, self.plan.county.edition) or usual
        first = DeviceCode(wanted.civil, wanted.station, industry, wanted.types[0], wanted.networks[0], 1)
        serial = self._serials.get(first.prefix, 0) + 1
        if serial > _MAX_SERIAL:
            raise NanxiError(f"no serial is left behind {first.prefix}")
        return f"{first.prefix}{serial:06d}"

    def _address(self, draft: Device) -> IPv4Address | None:
        blocks = tuple(_preferred(draft, self.plan))
        if not blocks:
            return None  # The plan says nothing about this unit's addresses; a person must.
        free = self._next.setdefault(blocks, _hosts(blocks))
        address = next((one for one in free if int(one) not in self._taken), None)
        if address is None:
            where = " or ".join(str(block) for block in blocks)
            raise NanxiError(f"no address is left for {draft.kind} of {draft.unit} in {where}")
        return address


def allocate(
    plan: Plan,
    devices: Mapping[str, Device],
    kind: Kind,
    unit: str,
    *,
    count: int,
    fields: Mapping[str, str],
) -> list[Device]:
    """Return ``count`` new devices of a unit, in state planned unless ``fields`` says otherwise.

    Args:
        plan: The county's plan.
        devices: The register as it is.
        kind: What to add.
        unit: Key of the unit.
        count: How many.
        fields: Cells of the new rows by field name or title, as a person would type them.

    Raises:
        InputError: a field is unknown, a value is wrong, or the register with the new rows breaks a rule (such as
            the unit's quota).
        NanxiError: the unit is unknown, or its numbers or addresses are used up.
    """
    if unit != COUNTY_UNIT and unit not in {one.key for one in plan.units}:
        raise NanxiError(f"no unit {unit!r}; the plan has {', '.join(one.key for one in plan.units)}")
    draft = make_draft(plan, kind, unit, fields)
    allocator = Allocator(plan, devices.values())
    fresh = [allocator.complete(draft) for _ in range(count)]
    hosts = {device.host for device in fresh}
    mistakes = [one for one in check(plan, allocator.devices) if one.device.host in hosts]
    if mistakes:
        raise InputError(finding(one) for one in mistakes)
    return fresh


def make_draft(plan: Plan, kind: Kind, unit: str, fields: Mapping[str, str]) -> Device:
    """Return a device with everything but number, code and address; see :func:`allocate`."""
    model = MODELS[kind]
    unknown = [name for name in fields if name not in names(model)]
    cells: dict[str, object] = {
        names(model)[name]: value for name, value in fields.items() if name not in unknown and value.strip()
    }
    if kind is Kind.CAMERA:
        cells.setdefault("place", _PLACE_UNKNOWN)
    cells = {"name": _PLACE_UNKNOWN, "state": State.PLANNED, "network": _usual_network(plan, cells)} | cells
    cells |= {"unit": unit, "serial": 1, "code": _NO_CODE}
    file = f"{unit}/{kind}.csv"
    findings = [
        Finding(file, 0, name, "", "no such column", "see `scripts/register columns`") for name in unknown
    ]
    try:
        draft = model.model_validate(cells)
    except ValidationError as error:
        findings += [
            Finding(file, 0, str(detail["loc"][0]), *reason(detail, model))
            for detail in error.errors(include_url=False)
        ]
    if findings:
        raise InputError(findings)
    return draft


def _usual_network(plan: Plan, cells: Mapping[str, object]) -> Network:
    """Return the first network that the class allows; devices that are no cameras are on the police network."""
    try:
        allowed = plan.class_spec(PointClass(str(cells["point_class"]))).networks
    except (KeyError, ValueError):
        return Network.POLICE  # a wrong class is reported by the model
    return next(network for network in Network if network in allowed)


def _preferred(draft: Device, plan: Plan) -> list[IPv4Network]:
    """Return the blocks from which a device of this kind usually gets its address."""
    if isinstance(draft, Camera | Encoder):
        return blocks_for(draft, plan)
    zones = plan.addresses.blocks.get(plan.county.key if draft.unit == COUNTY_UNIT else draft.unit, {})
    recording = "recording" if draft.network is Network.POLICE else "recording-public"
    wanted = recording if isinstance(draft, Nvr | Host) else "management"
    return [zones[wanted]] if wanted in zones else list(zones.values())


def _hosts(blocks: tuple[IPv4Network, ...]) -> Iterator[IPv4Address]:
    for block in blocks:
        yield from (address for address in block.hosts() if address != gateway(block))
