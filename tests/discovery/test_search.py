"""A whole search over twins that stand on their own addresses (tests/cases/discovery/estate.yml)."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import IPv4Network
from types import SimpleNamespace

import pytest
import yaml

from lab.twin.fleetfile import FleetConfig
from lab.twin.profile import QUIRKS
from nanxi.devices.driver import Credential, Secret, Target
from nanxi.devices.guard import LockoutGuard
from nanxi.discovery.area import search_area, segments
from nanxi.discovery.identify import Errand
from nanxi.discovery.model import Verdict
from nanxi.discovery.search import Passwords, search
from tests.discovery.conftest import CASES, row
from tests.support.twins import place

ESTATE = yaml.safe_load((CASES / "estate.yml").read_text("utf-8"))
BLOCK = IPv4Network("10.98.0.192/27")  # 瓯北's cameras on the police network
CIVIL = "330324"


def placed_area(plan, network=BLOCK):
    """Return the addresses of a zone where its twins stand on this machine."""
    area = search_area(segments(plan, ["oubei"]), [network])
    return {
        here(address): replace(segment, block=here_block(segment.block)) for address, segment in area.items()
    }


def here(address):
    return place(row(ipv4=str(address))).ipv4


def here_block(block):
    return IPv4Network((here(block.network_address), block.prefixlen))


def look_for(devices, area, **options):
    port = place(row(ipv4="10.98.0.194")).http_port
    register = {device.host: place(device) for device in devices}
    return asyncio.run(search(register, area, CIVIL, ports=[port], **options))


@pytest.fixture(scope="module")
def found(plan, module_twins):
    """Search once, with every case of the file standing in the same zone."""
    twins, register, config = [], [], {}
    for number, case in enumerate(ESTATE.values(), 1):
        address = {"ipv4": str(BLOCK[number + 1])}
        if "twin" in case:
            twins.append(row(number, **address, **case["twin"]))
            config[twins[-1].host] = {key: case[key] for key in ("quirks", "overrides") if key in case}
        if case["row"] is not None:
            register.append(row(number, **({**address, "vendor": "generic", **case["row"]})))
    module_twins(twins, FleetConfig.model_validate({"hosts": config}), discovery=True)
    report = look_for(register, placed_area(plan))
    by_address = {one.found.address: one for one in report.matches if one.found}
    return SimpleNamespace(
        report=report, at=by_address, silent=[one for one in report.matches if not one.found]
    )


@pytest.mark.parametrize("name", ESTATE)
def test_estate(name, found):
    case, number = ESTATE[name], list(ESTATE).index(name) + 1
    host = f"oubei-cam{number:04d}"
    if case["verdict"] == "silent":
        assert host in [one.host for one in found.silent]
        return
    match = found.at[here(BLOCK[number + 1])]
    assert str(match.verdict) == case["verdict"]
    if case["verdict"] in ("known", "moved"):
        assert match.host == host
    assert [one.key for one in match.conflicts] == case.get("conflicts", [])
    assert [one.key for one in match.found.notes] == case.get("remarks", [])
    if "ways" in case:
        assert sorted(match.ways) == case["ways"]
    if "speaks" in case:
        assert sorted(match.found.speaks) == case["speaks"]
    if "vendor" in case:
        assert match.found.vendor == case["vendor"]


def test_nothing_else_is_found_and_every_address_was_searched(found):
    assert len(found.at) == sum("twin" in case for case in ESTATE.values())
    assert found.report.searched == BLOCK.num_addresses - 3
    assert not found.report.is_quiet


def test_who_answered_badly_is_named(found):
    unread = {dict(one.about)["sender"] for one in found.report.notes if one.key == "unread"}
    bad = [
        number
        for number, name in enumerate(ESTATE, 1)
        if name.startswith("answers") and "message" not in name
    ]
    assert unread == {str(here(BLOCK[number + 1])) for number in bad}


def test_every_quirk_of_discovery_is_shown():
    shown = {quirk for case in ESTATE.values() for quirk in case.get("quirks", ())}
    assert {file.stem for file in QUIRKS.glob("discovery-*.yml")} - shown == {"discovery-flood"}


def test_a_flood_is_survived_and_said(plan, twins):
    cameras = [row(number, ipv4=f"10.99.0.{40 + number}", vendor="generic") for number in (1, 2, 3)]
    config = FleetConfig.model_validate({"hosts": {"oubei-cam0002": {"quirks": ["discovery-flood"]}}})
    twins(cameras, config, discovery=True)
    report = look_for(cameras, placed_area(plan, IPv4Network("10.99.0.40/30")))
    assert [str(one.verdict) for one in report.matches] == ["known"] * 3
    remarks = {one.host: [said.key for said in one.found.notes] for one in report.matches}
    assert remarks == {"oubei-cam0001": [], "oubei-cam0002": ["flood"], "oubei-cam0003": []}


@pytest.fixture
def signing_in(plan, twins, tmp_path):
    """Three cameras that tell a stranger nothing: one registered, one whose row is another's, one unknown."""
    there = [
        row(number, ipv4=f"10.99.0.{40 + number}", vendor="generic", serial_number=f"S{number}")
        for number in (1, 2, 3)
    ]
    running = twins(there)
    rows = [there[0], there[1].model_copy(update={"mac": "02-00-00-00-00-99"})]
    guard = LockoutGuard(tmp_path / "guard")

    def errand(device, password="admin"):
        here = place(device)
        credential = Credential("admin", Secret(password), origin="factory")
        target = Target(
            here.host, here.ipv4, here.http_port, 554, "generic", "", (credential,), {}, may_write=False
        )
        return here.ipv4, Errand(target, "onvif")

    return SimpleNamespace(
        rows=rows,
        guard=guard,
        errand=errand,
        running=running,
        area=placed_area(plan, IPv4Network("10.99.0.40/30")),
    )


def test_signed_in_at_registered_addresses_only(signing_in):
    errands = dict(map(signing_in.errand, signing_in.rows))
    report = look_for(signing_in.rows, signing_in.area, passwords=Passwords(signing_in.guard, errands))
    first, second, third = report.matches
    assert (first.verdict, sorted(first.ways)) == (Verdict.KNOWN, ["address", "serial_number"])
    assert second.verdict is Verdict.CONFLICT  # its serial number is right, its MAC is not
    assert (third.verdict, third.found.serial_number) == (Verdict.UNKNOWN, "")
    assert signing_in.running.fleet.twin("oubei-cam0003").counts["login accepted"] == 0


def test_one_credential_for_strangers_is_tried_once(signing_in):
    stranger = Credential("admin", Secret("admin"), origin="given")
    report = look_for(
        signing_in.rows[:1], signing_in.area, passwords=Passwords(signing_in.guard, stranger=stranger)
    )
    serials = [one.found.serial_number for one in report.matches]
    assert serials[1:] == ["S2", "S3"]
    assert signing_in.running.fleet.twin("oubei-cam0001").counts["login accepted"] == 0


def test_a_refused_password_is_said_and_not_tried_again(signing_in):
    stranger = Credential("admin", Secret("wrong"), origin="given")
    for _ in range(2):
        report = look_for(
            signing_in.rows[:1], signing_in.area, passwords=Passwords(signing_in.guard, stranger=stranger)
        )
    assert [said.key for said in report.matches[2].found.notes] == ["not-signed-in"]
    assert signing_in.running.fleet.twin("oubei-cam0003").counts["login refused"] == 1


def test_a_device_with_another_mac_than_its_row_gets_no_password(plan, twins, tmp_path, signing_in):
    camera = row(9, ipv4="10.99.0.50", vendor="hikvision", mac="44-19-B6-00-00-09")
    running = twins([camera], discovery=True)
    rows = [camera.model_copy(update={"mac": "44-19-B6-00-00-10"})]
    errands = dict(map(signing_in.errand, rows))
    area = placed_area(plan, IPv4Network("10.99.0.50/31"))
    report = look_for(rows, area, passwords=Passwords(signing_in.guard, errands))
    assert report.matches[0].verdict is Verdict.CONFLICT
    counts = running.fleet.twin(camera.host).counts
    assert counts["login accepted"] == counts["login refused"] == 0
