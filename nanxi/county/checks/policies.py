"""Rules about policies: references, clock limits, streams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Address

from nanxi.county.addresses import core_zone, gateway
from nanxi.county.checks.mistake import Mistake
from nanxi.county.model import Network, Plan


def references(plan: Plan) -> Iterator[Mistake]:
    """Profiles and units that assignments and address blocks name exist."""
    profiles, units = set(plan.policies.profiles), {unit.key for unit in plan.units}
    if plan.policies.default_profile not in profiles:
        yield Mistake(
            "policies",
            ("default_profile",),
            plan.policies.default_profile,
            "no such profile",
            f"one of {', '.join(sorted(profiles))}",
        )
    for index, item in enumerate(plan.policies.assignments):
        if item.profile not in profiles:
            yield Mistake(
                "policies",
                ("assignments", index, "profile"),
                item.profile,
                "no such profile",
                f"one of {', '.join(sorted(profiles))}",
            )
        if item.unit is not None and item.unit not in units:
            yield Mistake(
                "policies", ("assignments", index, "unit"), item.unit, "no such unit", "see units.yml"
            )
    for key in plan.addresses.blocks:
        if key not in units and key != plan.county.key:
            yield Mistake("addresses", ("blocks", key), key, "no such unit", "see units.yml")


def clock_limits(plan: Plan) -> Iterator[Mistake]:
    """A warning comes before a failure."""
    clock = plan.policies.clock
    if clock.warn_s > clock.fail_s:
        yield Mistake(
            "policies",
            ("clock", "warn_s"),
            str(clock.warn_s),
            "warns later than it fails",
            f"at most fail_s ({clock.fail_s})",
        )


def streams_ordered(plan: Plan) -> Iterator[Mistake]:
    """A sub stream is smaller than its main stream, or probes and call-ups would cost as much as recording."""
    for key, policy in plan.policies.streams.items():
        if policy.sub.width * policy.sub.height >= policy.main.width * policy.main.height:
            yield Mistake(
                "policies",
                ("streams", key, "sub"),
                f"{policy.sub.width}x{policy.sub.height}",
                "the sub stream is not smaller than the main stream",
                "lower its resolution",
            )


def servers_in_core(plan: Plan) -> Iterator[Mistake]:
    """Clock, name and SIP servers stand in the core zone of their network, where the flow table lets devices go."""
    for path, address, network in _servers(plan):
        key = core_zone(network)
        block = plan.addresses.blocks.get(plan.county.key, {}).get(key)
        if block is None:
            continue  # reported by blocks_have_room
        if address not in block:
            yield Mistake(
                "policies",
                path,
                str(address),
                f"not in the zone {key} of the {network} network",
                f"take an address of {block}, or move the zone",
            )
        elif address in (block.network_address, gateway(block), block.broadcast_address):
            yield Mistake(
                "policies",
                path,
                str(address),
                f"a reserved address of {block}",
                "take another one of the block",
            )


def _servers(plan: Plan) -> Iterator[tuple[tuple[str | int, ...], IPv4Address, Network]]:
    for network, services in plan.policies.services.items():
        for field in ("ntp", "dns"):
            for index, address in enumerate(getattr(services, field)):
                yield ("services", network, field, index), address, network
    for network, server in plan.policies.platforms_access.items():
        yield ("platforms_access", network, "address"), server.address, network


RULES: tuple[Callable[[Plan], Iterable[Mistake]], ...] = (
    references, clock_limits, streams_ordered, servers_in_core,
)  # fmt: skip
