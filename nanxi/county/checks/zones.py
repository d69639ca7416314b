"""Rules about zones: names, VLANs, and what the kinds of zones must have for the two networks to stay apart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from nanxi.county.addresses import camera_zone
from nanxi.county.checks.mistake import Mistake, repeated
from nanxi.county.model import Network, Plan, Scope

#: Cisco IOS keeps these for Token Ring and FDDI and refuses to remove or rename them.
RESERVED_VLANS = range(1002, 1006)


def unique_zones(plan: Plan) -> Iterator[Mistake]:
    """Keys, names and VLANs name one zone each: one VLAN for two zones would be one zone."""
    zones = plan.addresses.zones
    for field in ("key", "name", "vlan"):
        for value in repeated(str(getattr(zone, field)) for zone in zones):
            index = max(i for i, zone in enumerate(zones) if str(getattr(zone, field)) == value)
            twin = next(zone for zone in zones if str(getattr(zone, field)) == value)
            yield Mistake(
                "addresses",
                ("zones", index, field),
                value,
                f"{twin.key} and {zones[index].key} have one {field}"
                if field != "key"
                else "two zones have this key",
                "give each its own",
            )
    for index, zone in enumerate(zones):
        if zone.vlan in RESERVED_VLANS:
            path = ("zones", index, "vlan")
            yield Mistake(
                "addresses",
                path,
                str(zone.vlan),
                "a VLAN that switches reserve (1002-1005)",
                "take another one",
            )


def zones_on_a_network(plan: Plan) -> Iterator[Mistake]:
    """Every zone is on one of the plan's two networks."""
    for index, zone in enumerate(plan.addresses.zones):
        if zone.network is Network.STANDALONE:
            yield Mistake(
                "addresses",
                ("zones", index, "network"),
                str(zone.network),
                "a zone is on the police or on the public network",
                "standalone points need no zone; they are ready to join the public network",
            )


def kinds_of_zones(plan: Plan) -> Iterator[Mistake]:
    """Backbones and the sharing gateway are the county's, once a network; cameras do not reach one another."""
    for field, what in (("transit", "backbone"), ("joins_networks", "sharing gateway")):
        for network in (Network.POLICE, Network.PUBLIC):
            found = [
                (i, zone)
                for i, zone in enumerate(plan.addresses.zones)
                if zone.network is network and getattr(zone, field)
            ]
            for index, zone in found:
                if zone.scope is not Scope.COUNTY:
                    path = ("zones", index, field)
                    yield Mistake("addresses", path, zone.key, f"a {what} in every unit", "scope: county")
            for index, zone in found[1:]:
                yield Mistake(
                    "addresses",
                    ("zones", index, field),
                    zone.key,
                    f"a second {what} of the {network} network beside {found[0][1].key}",
                    f"one zone of a network may say {field}",
                )
    cameras = {camera_zone(network) for network in Network}
    for index, zone in enumerate(plan.addresses.zones):
        if zone.transit and (zone.joins_networks or zone.foreign):
            yield Mistake(
                "addresses",
                ("zones", index, "transit"),
                zone.key,
                "gateways would forward between the networks, or to strangers",
                "a backbone neither joins networks nor is foreign",
            )
        if zone.key in cameras and not zone.isolated:
            yield Mistake(
                "addresses",
                ("zones", index),
                zone.key,
                "one camera could reach the next",
                "isolated: true",
            )


RULES: tuple[Callable[[Plan], Iterable[Mistake]], ...] = (unique_zones, zones_on_a_network, kinds_of_zones)
