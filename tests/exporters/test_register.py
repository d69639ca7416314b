"""The plan against the register, and rows that keep percentages honest."""

from __future__ import annotations

from exporters.register.emit import counts, progress, row
from exporters.signals.exposition import text
from nanxi.county.model import PointClass
from nanxi.register.model import State


def shown(samples, read):
    groups: dict[str, list[str]] = {}
    for sample in samples:
        groups.setdefault(sample.signal.name, []).append(sample.line)
    return read(text(groups).decode())


def test_quota_and_rows_by_state(estate) -> None:
    samples = progress(estate, estate.devices.values(), 5.0, 0)
    rows = [(s.labels, s.value) for s in samples if s.signal.name == "nanxi_register_devices"]
    assert sum(value for _, value in rows) == len(estate.devices)
    quota = {s.labels[0]: s.value for s in samples if s.signal.name == "nanxi_register_quota"}
    assert quota == {unit.key: unit.quota for unit in estate.plan.units}


def test_both_totals_of_the_plan_are_shown(read, yongjia_plan) -> None:
    estate = type("E", (), {"plan": yongjia_plan, "devices": {}})()
    samples = progress(estate, [], 5.0, 3)
    found = shown(samples, read)
    assert found[("nanxi_register_planned", "text")] == 5276
    assert found[("nanxi_register_planned", "table")] == 5286
    tranches = {s.labels: s.value for s in samples if s.signal.name == "nanxi_register_tranche"}
    assert tranches == {("2008", "1"): 60, ("2008", "2"): 140, ("2008", "3"): 600}
    assert found[("nanxi_register_findings",)] == 3


def test_repair_is_not_due_and_retired_is_not_there(estate, read) -> None:
    camera = estate.devices["shangtang-cam0001"]
    due = {
        state: shown(row(camera.model_copy(update={"state": state}), estate), read).get(("nanxi_device_due",))
        for state in State
    }
    assert due == {
        State.PLANNED: None, State.INSTALLED: 1, State.TRIAL: 1, State.ACCEPTED: 1, State.REPAIR: 0, State.RETIRED: None,
    }  # fmt: skip


def test_the_path_of_a_camera_hangs_on_its_row(estate) -> None:
    (info,) = [s for s in row(estate.devices["shangtang-cam0001"], estate) if s.signal.type == "info"]
    labels = dict(zip(info.signal.all_labels, info.labels, strict=True))
    assert labels["switch"] == "shangtang-sw01"
    assert labels["switch_port"] == "GigabitEthernet0/0/1"
    assert labels["recorder"] == "shangtang-nvr01"
    assert labels["name"] == "上塘阳光大道菜市场东门"


def test_indoor_old_and_internal_cameras_do_not_count(estate) -> None:
    camera = estate.devices["shangtang-cam0001"]
    assert counts(camera, estate.plan)
    for change in ({"indoor": True}, {"counted": False}, {"point_class": PointClass.INTERNAL}):
        assert not counts(camera.model_copy(update=change), estate.plan)


def test_every_row_of_the_register_is_told(estate) -> None:
    """Also of the county itself, which is no unit of the annex."""
    for device in estate.devices.values():
        assert len(row(device, estate)) >= 1
