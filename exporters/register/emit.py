"""From plan and register to samples (pure); nothing is sent to any device.

nanxi_register_quota{unit="shangtang",unit_name="上塘镇"} 770
nanxi_register_devices{kind="cameras",unit="shangtang",class="1",network="police",state="accepted"} 12
nanxi_device_info{device="shangtang-cam0001",...,code="33032401001320000001",switch="shangtang-sw01",...} 1
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from exporters.probe import identity
from exporters.signals import Samples
from nanxi.county.model import Plan
from nanxi.estate import Estate
from nanxi.inventory import tier_of
from nanxi.register.datum import to_wgs84
from nanxi.register.model import TOUCHABLE, Camera, Device, State, Switch


def progress(estate: Estate, devices: Iterable[Device], loaded_at: float, findings: int) -> Samples:
    """Return quota, plan and what stands of it, by unit and class."""
    samples = Samples()
    samples.add("nanxi_register_loaded_timestamp_seconds", loaded_at)
    samples.add("nanxi_register_findings", findings)
    _plan(samples, estate.plan)
    rows: Counter[tuple[str, ...]] = Counter()
    counted: Counter[tuple[str, ...]] = Counter()
    for device in devices:
        _, kind, unit, point_class, network = identity(device)
        rows[kind, unit, point_class, network, device.state.value] += 1
        if isinstance(device, Camera) and counts(device, estate.plan):
            counted[unit, point_class, device.state.value] += 1
    for (kind, unit, point_class, network, state), count in rows.items():
        labels = {"kind": kind, "unit": unit, "class": point_class, "network": network, "state": state}
        samples.add("nanxi_register_devices", count, **labels)
    for (unit, point_class, state), count in counted.items():
        samples.add("nanxi_register_counted", count, **{"unit": unit, "class": point_class, "state": state})
    return samples


def _plan(samples: Samples, plan: Plan) -> None:
    for unit in plan.units:
        samples.add("nanxi_register_quota", unit.quota, unit=unit.key, unit_name=unit.name)
    samples.add("nanxi_register_planned", plan.total_stated, basis="text")
    samples.add("nanxi_register_planned", plan.total_by_table, basis="table")
    for tranche in plan.county.tranches:
        for point_class, count in tranche.by_class.items():
            labels = {"year": str(tranche.year), "class": point_class.value}
            samples.add("nanxi_register_tranche", count, **labels)


def counts(camera: Camera, plan: Plan) -> bool:
    """Return whether a camera counts against its unit's quota: class, built after the plan, outdoors (annex 九（一）)."""
    return camera.counted and not camera.indoor and plan.class_spec(camera.point_class).counted


def row(device: Device, estate: Estate) -> Samples:
    """Return the register's row of one device."""
    samples = Samples(identity(device))
    camera = device if isinstance(device, Camera) else None
    samples.add(
        "nanxi_device_info",
        1,
        code=device.code,
        tier=str(tier_of(device, estate)),
        vendor=device.vendor,
        model=device.model,
        state=device.state.value,
        name=(camera.place if camera else "") or device.name,
        switch=device.switch,
        switch_port=device.switch_port,
        uplink_port=device.uplink if isinstance(device, Switch) else "",
        recorder=camera.nvr if camera else "",
        encoder=camera.encoder if camera else "",
    )
    if device.state in TOUCHABLE or device.state is State.REPAIR:
        samples.add("nanxi_device_due", device.state in TOUCHABLE)
    if camera and camera.latitude is not None and camera.longitude is not None:
        longitude, latitude = to_wgs84(camera.longitude, camera.latitude, camera.datum)
        samples.add("nanxi_device_latitude_degrees", latitude)
        samples.add("nanxi_device_longitude_degrees", longitude)
    return samples
