"""Profiles, quirks and the lab's fleet file as data: complete, and fitting together."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from lab.twin.catalogue import BEGIN, PAGE, tables
from lab.twin.fleetfile import FleetConfig, read_fleet_file
from lab.twin.hostile import BEHAVIOURS
from lab.twin.layers import merge
from lab.twin.profile import (
    PROFILES,
    QUIRKS,
    Make,
    build_profile,
    make_of,
    plain_profile,
    profile_of_vendor,
    read_quirk,
)
from nanxi.estate import load_estate
from nanxi.findings import InputError
from nanxi.register.model import Kind

LAB = Path("inventory/lab")
QUIRK_IDS = sorted(file.stem for file in QUIRKS.glob("*.yml"))
#: The quirks of the catalogue are those of cameras and encoders.
PROFILE_NAMES = sorted(
    file.stem
    for file in PROFILES.glob("*.yml")
    if plain_profile(file.stem).kind in (Kind.CAMERA, Kind.ENCODER)
)


def test_the_catalogue_is_complete():
    wanted = {f"O{number}" for number in range(1, 22) if number != 17} | {"R8"}
    assert wanted <= set(QUIRK_IDS)


@pytest.mark.parametrize("quirk", QUIRK_IDS)
def test_a_quirk_is_found_by_its_id(quirk):
    assert read_quirk(quirk).id == quirk


@pytest.mark.parametrize("quirk", QUIRK_IDS)
@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_every_quirk_fits_every_profile(profile, quirk):
    assert plain_profile(profile, (quirk,)).title == plain_profile(profile).title


@pytest.mark.parametrize("quirk", set(QUIRK_IDS) - {"O8", "O20"})
def test_a_quirk_changes_something(quirk):
    # O8 is what the specification demands anyway, O20 a matter of clients.
    assert plain_profile("generic", (quirk,)) != plain_profile("generic")


@pytest.mark.parametrize("profile", PROFILE_NAMES)
def test_behaviours_of_a_profile_exist(profile):
    for quirk in ("", *QUIRK_IDS):
        built = plain_profile(profile, (quirk,) if quirk else ())
        assert {item.behaviour for item in built.traits.misbehaves} <= set(BEHAVIOURS)


@pytest.mark.parametrize(
    ("vendor", "profile"), [("海康威视", "hikvision"), ("Axis", "axis"), ("unknown", "generic")]
)
def test_the_registers_vendor_chooses_the_profile(vendor, profile):
    assert profile_of_vendor(vendor) == profile


def test_layers():
    base = {"a": {"b": 1, "c": 2}, "list": [{"x": 1}, {"x": 2}], "plain": [1]}
    over = {"a": {"c": 3}, "list": {"y": 0}, "plain": [2]}
    assert merge(base, over) == {
        "a": {"b": 1, "c": 3},
        "list": [{"x": 1, "y": 0}, {"x": 2, "y": 0}],
        "plain": [2],
    }


@pytest.mark.parametrize(
    "overrides",
    [
        {"traits": {"nonsense": 1}},
        {"traits": {"set": {"ignores": ["nonsense"]}}},
        {
            "hardware": {
                "profiles": [{"token": "p", "name": "p", "source_configuration": "none", "stream": "/"}]
            }
        },
    ],
)
def test_nonsense_is_refused(overrides):
    with pytest.raises(ValidationError):
        build_profile("generic", (), overrides)


def lab_fleet() -> FleetConfig:
    makes = {host: make_of(device) for host, device in load_estate(LAB).devices.items()}
    return read_fleet_file(LAB / "twins.yml", makes)


def test_the_lab_is_mixed_and_has_its_three_black_sheep():
    estate = load_estate(LAB)
    config = lab_fleet()
    cameras = {host: device for host, device in estate.devices.items() if device.driver == "onvif"}
    assert set(config.hosts) <= set(cameras)
    assert len(cameras) >= 24
    profiles = {host: config.profile(host, make_of(device)) for host, device in cameras.items()}
    assert len({profile.identity.manufacturer for profile in profiles.values()}) >= 5
    assert sum(not config.entry(host).power for host in cameras) == 1, "dead"
    assert sum(bool(profile.traits.set.ignores) for profile in profiles.values()) == 1, "lying"
    locking = [host for host in cameras if "O7" in config.entry(host).quirks]
    factory = {user.password for host in locking for user in profiles[host].factory.users}
    assert factory.isdisjoint({user.password for user in plain_profile("hikvision").factory.users})


def test_every_entry_of_the_lab_says_why():
    assert all(entry.why for entry in lab_fleet().hosts.values())


def test_every_mistake_of_a_fleet_file_is_told_at_once(tmp_path):
    file = tmp_path / "twins.yml"
    file.write_text(
        """
        hosts:
          a-cam0001: {quirks: [O99]}
          a-cam0002: {profile: nonsense}
          a-cam0003: {overrides: {traits: {boot_s: soon}}}
          a-cam0004: {quirks: [O4]}
          a-cam0009: {quirks: [O4]}
        """
    )
    with pytest.raises(InputError) as caught:
        read_fleet_file(file, {f"a-cam000{number}": Make("generic") for number in (1, 2, 3, 4)})
    told = [(finding.column, finding.problem.split(",")[0]) for finding in caught.value.findings]
    assert told == [
        ("hosts.a-cam0001", "no such quirk"),
        ("hosts.a-cam0002", "no such profile"),
        ("hosts.a-cam0003.overrides.traits.boot_s", "Input should be a valid number"),
        ("hosts.a-cam0009", "no such device in the register"),
    ]


def test_equal_devices_share_a_profile():
    config = FleetConfig()
    assert config.profile("a-cam0001", Make("dahua")) is config.profile("a-cam0002", Make("大华"))


def test_the_tables_of_the_page_are_current():
    assert PAGE.read_text("utf-8").partition(BEGIN)[2].strip() == tables().strip()
