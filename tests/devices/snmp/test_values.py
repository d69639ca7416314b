"""Conversions, wraps and names of ports (pure)."""

from __future__ import annotations

import pytest

from nanxi.devices.snmp.convert import CONVERSIONS, first_line, mac, text
from nanxi.devices.snmp.families import recognise
from nanxi.devices.snmp.ports import mac_points, names, poe_names
from nanxi.devices.snmp.wraps import Unwrapper, ambiguous


@pytest.mark.parametrize(
    ("how", "raw", "value"),
    [
        ("percent", b"15 PERCENT", 0.15),
        ("percent", 65535, None),
        ("percent", "Copper", None),
        ("size", b"0.0 GB", 0),
        ("size", "512 mb", 536870912),
        ("mebibytes", 3815447, 4000786153472),
        ("hundredths", -834, -8.34),
        ("milli", 101000, 101),
        ("number", "-12", -12),
        ("number", None, None),
        ("number", float("nan"), None),
        ("watts_or_dbm", 1000, 0),
    ],
)
def test_conversions(how, raw, value) -> None:
    assert CONVERSIONS[how](raw) == (None if value is None else pytest.approx(value))


def test_texts() -> None:
    assert text(b'"quoted"') == "quoted"
    assert text(b"\x00\x1fa \r\n b") == "a b"
    assert text(b"\xff\xfe\x00") == "FF-FE-00"
    assert first_line(b"\r\nS5720-56C\r\nHuawei Versatile") == "S5720-56C"
    assert mac(b"\x3c\xef\x8c\x08\x4e\x1e") == "3C-EF-8C-08-4E-1E"
    assert mac(b"") == ""


def test_a_counter_that_wraps_goes_on() -> None:
    totals = Unwrapper()
    totals.began(100.0)
    assert totals.total("eth0", "in", 2**32 - 100) == 2**32 - 100
    totals.began(160.0)
    assert totals.total("eth0", "in", 50) == 2**32 + 50
    totals.began(220.0)
    assert totals.total("eth0", "in", 70) == 2**32 + 70


def test_a_restart_begins_anew() -> None:
    totals = Unwrapper()
    totals.began(100.0)
    totals.total("eth0", "in", 2**32 - 100)
    totals.began(5.0)
    assert totals.total("eth0", "in", 50) == 50


def test_a_fast_port_with_a_short_counter_is_doubtful() -> None:
    assert ambiguous(125_000_000, 60)
    assert not ambiguous(12_500_000, 60)
    assert not ambiguous(None, 60)


def test_two_ports_of_one_name_are_two_ports() -> None:
    assert names({2: {"1": b"eth", "2": b"eth", "10": b"lan"}}, {}) == {1: "eth", 2: "eth (2)", 10: "lan"}


def test_rows_that_one_table_has_and_another_lacks() -> None:
    """A Catalyst 2960X has 146 rows of ifDescr and 136 of ifHCInOctets."""
    assert names({8: {"7": 1}}, {1: {"9": b"Gi0/9"}}) == {7: "port 7", 9: "Gi0/9"}


@pytest.mark.parametrize(
    ("index", "ports", "name"),
    [
        ("1.5", {10105: "Gi1/0/5", 10205: "Gi2/0/5"}, "Gi1/0/5"),
        ("2.5", {10105: "Gi1/0/5", 10205: "Gi2/0/5"}, "Gi2/0/5"),
        ("1.3", {10003: "Fa0/3"}, "Fa0/3"),
        ("4.23", {23: "GigabitEthernet1/0/20", 26: "GigabitEthernet1/0/23"}, "GigabitEthernet1/0/20"),
        ("1.99", {10003: "Fa0/3"}, "1/99"),
    ],
)
def test_a_poe_index_finds_its_port(index, ports, name) -> None:
    ifs = {3: dict.fromkeys(map(str, ports), 6)}
    assert poe_names({index}, ifs, ports) == {index: name}


def test_learned_macs_are_counted_and_known_ones_named() -> None:
    learned = {"1.68.25.182.0.0.1": 3, "1.2.2.2.2.2.2": 3, "1.1.1.1.1.1.1": 0, "1.300.1.1.1.1.1": 3, "9": 3}
    points = mac_points(learned, {"3": 10103}, {10103: "Gi1/0/3"}, {"44-19-B6-00-00-01": "shangtang-cam0001"})
    found = {(one.name, dict(one.labels).get("station")): one.value for one in points}
    assert found == {("port_station_info", "shangtang-cam0001"): 1, ("port_macs", None): 2}


@pytest.mark.parametrize(
    ("object_id", "markers", "family"),
    [
        ("1.3.6.1.4.1.2011.2.23.291", {}, "vrp"),
        ("1.3.6.1.4.1.2011.10.1.1", {}, "comware"),
        ("1.3.6.1.4.1.50001", {}, "hikvision-nvr"),
        ("1.3.6.1.4.1.500011", {}, "generic"),
        ("1.3.6.1.4.1.8072.3.2.10", {}, "linux"),
        ("1.3.6.1.4.1.8072.3.2.10", {"1.3.6.1.4.1.1004849.2.1.2.6.0": True}, "dahua"),
        ("", {"1.3.6.1.4.1.39165.1.1.0": True}, "hikvision-camera"),
        ("", {}, None),
    ],
)
def test_a_family_is_told_by_its_object_id_or_its_marker(object_id, markers, family) -> None:
    found = recognise(object_id, markers)
    assert (found.name if found else None) == family
