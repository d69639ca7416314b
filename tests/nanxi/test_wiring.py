"""Where hosts are plugged in: gateways of a network meet, networks do not, and what a person got wrong is named."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from lab.network import ROOT
from nanxi.estate import load_estate
from nanxi.register.model import Host
from nanxi.wiring import Route, WiringError, feet, is_sharing, place_of, routes, routes_from

LAB = load_estate(ROOT / "inventory/lab")
PLAN = LAB.plan
HOSTS = {name: device for name, device in LAB.devices.items() if isinstance(device, Host)}


def standing(host: str) -> dict[str, str]:
    return {foot.place.name: f"{foot.interface} {foot.address}" for foot in feet(HOSTS[host], PLAN)}


def test_a_units_gateway_is_the_router_of_every_zone_of_its_network() -> None:
    assert standing("shangtang-host02") == {
        "shangtang/cameras-police": "vlan110 10.98.0.129/27",
        "shangtang/recording": "vlan120 10.98.1.1/28",
        "shangtang/viewing": "vlan130 10.98.0.161/27",
        "shangtang/management": "vlan140 10.98.0.1/26",
        "backbone": "vlan180 10.98.1.66/27",
    }
    assert routes(HOSTS["shangtang-host02"], PLAN) == (
        Route(IPv4Network("10.98.0.0/16"), IPv4Address("10.98.1.65")),
    )


@pytest.mark.parametrize("host", sorted(HOSTS))
def test_only_the_sharing_gateway_stands_in_both_networks(host: str) -> None:
    networks = {foot.place.zone.network for foot in feet(HOSTS[host], PLAN)}
    assert len(networks) == (2 if is_sharing(HOSTS[host], PLAN) else 1)


@pytest.mark.parametrize("host", sorted(name for name, device in HOSTS.items() if device.role == "gateway"))
def test_no_gateway_has_a_default_route_and_the_other_network_is_behind_the_sharing_gateway(
    host: str,
) -> None:
    own = {foot.place.zone.network for foot in feet(HOSTS[host], PLAN)}
    reached = [PLAN.addresses.supernets[network] for network in own]
    sharing = {foot.address.ip for foot in feet(HOSTS["county-host03"], PLAN)}
    assert routes(HOSTS[host], PLAN)
    for route in routes(HOSTS[host], PLAN):
        assert any(route.to.subnet_of(network) for network in reached) or route.via in sharing, route


def test_every_route_leads_to_an_address_that_somebody_has() -> None:
    addresses = {foot.address.ip for device in HOSTS.values() for foot in feet(device, PLAN)}
    assert {route.via for device in HOSTS.values() for route in routes(device, PLAN)} <= addresses


def test_a_station_where_the_networks_touch_goes_through_the_sharing_gateway() -> None:
    sharing = feet(HOSTS["county-host03"], PLAN)
    assert [foot.address for foot in sharing] == [
        IPv4Interface("10.98.1.34/29"),
        IPv4Interface("10.99.0.130/29"),
    ]
    place = sharing[0].place
    assert routes_from(place, PLAN)[1:] == (Route(IPv4Network("10.99.0.128/29"), IPv4Address("10.98.1.34")),)


def test_the_order_of_units_moves_no_gateway() -> None:
    turned = PLAN.model_copy(update={"units": tuple(reversed(PLAN.units))})
    assert feet(HOSTS["oubei-host02"], turned) == feet(HOSTS["oubei-host02"], PLAN)


def test_a_host_outside_every_zone_of_its_unit_is_named() -> None:
    stray = HOSTS["shangtang-host01"].model_copy(update={"ipv4": IPv4Address("10.98.255.9")})
    with pytest.raises(
        WiringError, match=r"shangtang-host01: its address 10\.98\.255\.9 lies in no zone of shangtang"
    ):
        place_of(stray, PLAN)


def test_a_backbone_that_is_too_small_is_named() -> None:
    units = tuple(unit.model_copy(update={"station_code": "77"}) for unit in PLAN.units)
    with pytest.raises(WiringError, match=r"no address for station_code 77 in 10\.98\.1\.64/27 \(backbone\)"):
        feet(HOSTS["shangtang-host02"], PLAN.model_copy(update={"units": units}))
