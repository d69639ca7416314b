"""What the register says of a device that took another's place."""

import dataclasses
import shutil
from datetime import date
from pathlib import Path

import pytest

from nanxi.devices.state import DeviceState, Identity, NetworkState
from nanxi.estate import Estate, load_estate
from nanxi.findings import InputError
from nanxi.maintenance.swap import Label, SwapError, prepare, record, stranger
from nanxi.register import write
from nanxi.register.history import read_history
from nanxi.register.load import load_register
from nanxi.register.model import State

INVENTORY = Path(__file__).parents[2] / "inventory/lab"
HOST, TODAY = "oubei-cam0001", date(2026, 11, 22)
LABEL = Label("UNI00004711", "48-EA-63-00-47-11")


@pytest.fixture(scope="module")
def estate() -> Estate:
    return load_estate(INVENTORY)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    return Path(shutil.copytree(INVENTORY / "register", tmp_path / "register"))


def changed(estate: Estate, **columns: object) -> Estate:
    device = estate.devices[HOST].model_copy(update=columns)
    return dataclasses.replace(estate, devices=estate.devices | {HOST: device})


def test_only_the_row_of_the_device_changes(estate: Estate, register: Path) -> None:
    before = (register / "oubei/cameras.csv").read_text("utf-8").splitlines()
    swap = prepare(estate, HOST, dataclasses.replace(LABEL, vendor="dahua", model="IPC-1"))
    record(register, swap, why="雷击", by="李工", today=TODAY)
    after = (register / "oubei/cameras.csv").read_text("utf-8").splitlines()
    differing = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert len(differing) == 1
    old, new = (line.split(",") for line in differing[0])
    assert [pair for pair in zip(old, new, strict=True) if pair[0] != pair[1]] == [
        ("uniview", "dahua"),
        ("IPC2124LB", "IPC-1"),
        ("UNI00000004", "UNI00004711"),
        ("48-EA-63-00-00-04", "48-EA-63-00-47-11"),
    ]
    devices = load_register(register, estate.plan)  # history.csv beside it is no kind of device
    assert devices[HOST].serial_number == LABEL.serial_number


def test_a_run_that_died_between_history_and_register_is_run_again(
    estate: Estate, register: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap = prepare(estate, HOST, LABEL)
    with monkeypatch.context() as broken:
        broken.setattr(write.Path, "replace", _only_history)
        with pytest.raises(OSError, match="power cut"):
            record(register, swap, why="雷击", by="李工", today=TODAY)
    assert load_register(register, estate.plan)[HOST].serial_number == "UNI00000004"
    record(register, swap, why="雷击", by="李工", today=date(2026, 11, 23))
    assert load_register(register, estate.plan)[HOST].serial_number == LABEL.serial_number
    assert [row.date for row in read_history(register, "oubei")] == [TODAY]


_REPLACE = Path.replace


def _only_history(self: Path, target: Path) -> Path:
    if Path(target).name != "history.csv":
        raise OSError("power cut")
    return _REPLACE(self, target)


def test_history_keeps_every_replacement(estate: Estate, register: Path) -> None:
    record(register, prepare(estate, HOST, LABEL), why="雷击", by="李工", today=TODAY)
    now = dataclasses.replace(estate, devices=load_register(register, estate.plan))
    assert prepare(now, HOST, LABEL).resumed
    record(register, prepare(now, HOST, LABEL), why="雷击", by="李工", today=TODAY)
    back = Label("UNI00000004", "48-EA-63-00-00-04")
    record(register, prepare(now, HOST, back), why="修好", by="王工", today=TODAY)
    rows = read_history(register, "oubei")
    assert [(row.old_serial_number, row.new_serial_number) for row in rows] == [
        ("UNI00000004", "UNI00004711"),
        ("UNI00004711", "UNI00000004"),
    ]
    assert rows[0].code == estate.devices[HOST].code


def test_a_device_in_repair_comes_back_to_be_accepted_anew(estate: Estate) -> None:
    assert prepare(changed(estate, state=State.REPAIR), HOST, LABEL).new.state == "installed"
    accepted = changed(estate, state=State.ACCEPTED, installed_on=date(2024, 1, 5))
    assert prepare(accepted, HOST, LABEL).new.state == "accepted"


@pytest.mark.parametrize(
    "columns", [{"state": "planned"}, {"state": "retired"}, {"management": "observed"}, {"driver": "none"}]
)
def test_what_is_not_ours_to_replace(estate: Estate, columns: dict[str, str]) -> None:
    with pytest.raises(SwapError):
        prepare(changed(estate, **columns), HOST, LABEL)


@pytest.mark.parametrize(
    ("label", "says"),
    [
        (Label("UNI00000005", LABEL.mac), "same serial number"),
        (Label(LABEL.serial_number, "44-19-B6-00-00-04"), "same MAC address"),
        (Label(LABEL.serial_number, "nonsense"), "nonsense"),
        (Label("=cmd()", LABEL.mac), "one line of plain text"),
    ],
)
def test_a_label_that_cannot_be_right(estate: Estate, label: Label, says: str) -> None:
    with pytest.raises(InputError, match=says):
        prepare(estate, HOST, label)


def test_a_reason_that_is_no_plain_text_is_refused_before_anything_is_written(
    estate: Estate, register: Path
) -> None:
    for why in ("", "=cmd()", "two\nlines"):
        with pytest.raises(SwapError, match="reason"):
            record(register, prepare(estate, HOST, LABEL), why=why, by="李工", today=TODAY)
    assert not (register / "oubei/history.csv").exists()


@pytest.mark.parametrize(
    ("serial", "mac", "says"),
    [
        ("uni00004711", "48-ea-63-00-47-11", ""),
        ("UNI00004711", "", ""),
        ("UNI00004711", "48-EA-63-00-47-12", "another device answers at 10.99.0.34"),
        ("UNI00000005", "48-EA-63-00-00-05", "which is oubei-cam0004"),
        ("", "", "serial number unknown"),
    ],
)
def test_who_answers(estate: Estate, serial: str, mac: str, says: str) -> None:
    new = prepare(estate, HOST, LABEL).new
    state = DeviceState(
        identity=Identity("Uniview", "M", "1", serial), network=NetworkState("10.99.0.34", 27, False, "", mac)
    )
    told = stranger(estate, new, state)
    assert says in told if says else told == ""
