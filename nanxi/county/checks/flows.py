"""Rules about flows: what they name exists, and none of them joins what the plan keeps apart.

What "joins" means here. A flow is a transport session: packets of its two ends are forwarded by gateways, and
answers come back. Gateways forward through ``transit`` zones only, each of which lies on one network, and no flow
begins or ends in one; so no chain of gateways leads from one network to the other, and the only way across is a flow
that has its two ends in different networks. That is allowed between two ``joins_networks`` zones, the two sides of
the sharing gateway, and nowhere else. A chain of flows *through a host* (department -> sharing -> core) is a relay: the
host ends one session, decides, and begins another; packets do not pass. Only the sharing gateway's hosts can relay
across, because no other zone has a flow with its end on the other network.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from nanxi.county.addresses import camera_zone
from nanxi.county.checks.mistake import Mistake, repeated
from nanxi.county.model import Flow, Network, Plan, Reach, Scope, Zone

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_REMARK = re.compile(r"待定|待补|TODO|同上", re.IGNORECASE)

Ends = tuple[int, Flow, Zone, Zone]


def known(plan: Plan) -> Iterator[Mistake]:
    """Zones and services exist; flows have names of their own."""
    zones = [zone.key for zone in plan.addresses.zones]
    for index, flow in enumerate(plan.flows.flows):
        for field, key in (("from", flow.source), ("to", flow.target)):
            if key not in zones:
                remedy = f"one of {', '.join(zones)}; the Internet is none of them (四)"
                yield Mistake("flows", ("flows", index, field), key, "no such zone", remedy)
        for service in flow.services:
            if service not in plan.flows.services:
                remedy = f"one of {', '.join(plan.flows.services)}"
                yield Mistake("flows", ("flows", index, "services"), service, "no such service", remedy)
        for service in repeated(flow.services):
            yield Mistake(
                "flows", ("flows", index, "services"), service, "the service stands twice", "keep one"
            )
    for key in repeated(flow.key for flow in plan.flows.flows):
        index = max(i for i, flow in enumerate(plan.flows.flows) if flow.key == key)
        yield Mistake("flows", ("flows", index, "key"), key, "two flows have this key", "give each its own")


def reasons(plan: Plan) -> Iterator[Mistake]:
    """Whoever signs the table must read why a path is open."""
    for index, flow in enumerate(plan.flows.flows):
        if not _CHINESE.search(flow.reason) or _REMARK.search(flow.reason):
            yield Mistake(
                "flows",
                ("flows", index, "reason"),
                flow.reason,
                "no reason for those who sign",
                "say in Chinese why the path must be open",
            )


def networks_apart(plan: Plan) -> Iterator[Mistake]:
    """Only the sharing gateway has a flow across, and other departments meet nothing but the sharing gateway."""
    for index, _, source, target in _ends(plan):
        path, found = ("flows", index, "to"), f"{source.key} -> {target.key}"
        joins = source.joins_networks and target.joins_networks
        if source.network is not target.network and not joins:
            yield Mistake(
                "flows",
                path,
                found,
                f"joins the {source.network} and the {target.network} network outside the sharing gateway",
                "lead it through the zones that say joins_networks",
            )
        for end, other in ((source, target), (target, source)):
            if end.foreign and end.network is Network.PUBLIC and not other.joins_networks:
                yield Mistake(
                    "flows",
                    path,
                    found,
                    f"{end.key} meets {other.key} directly",
                    "other departments reach the sharing gateway alone",
                )


def foreign_declared(plan: Plan) -> Iterator[Mistake]:
    """A flow that leads beyond the county says so, and only such a flow."""
    for index, flow, source, target in _ends(plan):
        beyond = [end.key for end in (source, target) if end.foreign]
        if beyond and not flow.foreign:
            yield Mistake(
                "flows",
                ("flows", index),
                beyond[0],
                f"{flow.key} leads beyond the county without saying so",
                "foreign: true, if that is meant",
            )
        elif flow.foreign and not beyond:
            yield Mistake(
                "flows",
                ("flows", index, "foreign"),
                flow.key,
                "says that it leads beyond the county, and both its zones are the county's own",
                "remove foreign",
            )


def ends_make_sense(plan: Plan) -> Iterator[Mistake]:
    """Nothing begins or ends on a backbone; unit reach needs two unit zones; cameras do not speak to cameras."""
    cameras = {camera_zone(network) for network in Network}
    for index, flow, source, target in _ends(plan):
        for field, end in (("from", source), ("to", target)):
            if end.transit:
                yield Mistake(
                    "flows",
                    ("flows", index, field),
                    end.key,
                    "only gateways stand on a backbone",
                    "name the zone behind the gateway",
                )
        county = [end.key for end in (source, target) if end.scope is Scope.COUNTY]
        if flow.reach is Reach.UNIT and county:
            yield Mistake(
                "flows",
                ("flows", index, "reach"),
                f"unit (or none), with {county[0]}",
                "a zone of the county is in no unit",
                "reach: county",
            )
        if source.key in cameras and target.key in cameras:
            yield Mistake(
                "flows",
                ("flows", index, "to"),
                f"{source.key} -> {target.key}",
                "from cameras to cameras",
                "cameras speak to recorders and to the centre, never to one another",
            )


def stated_once(plan: Plan) -> Iterator[Mistake]:
    """What two flows allow stays open when one of them is taken out of the table."""
    stated: dict[tuple[str, str, str, int], str] = {}
    for index, flow in enumerate(plan.flows.flows):
        for key in dict.fromkeys(flow.services):
            service = plan.flows.services.get(key)
            if service is None:
                continue
            doors = [(flow.source, flow.target, service.protocol, port) for port in service.ports or (0,)]
            earlier = next((stated[door] for door in doors if door in stated), None)
            if earlier is not None:
                yield Mistake(
                    "flows",
                    ("flows", index, "services"),
                    key,
                    f"{earlier} allows this already from {flow.source} to {flow.target}",
                    "state it once, with the wider reach",
                )
            stated |= {door: flow.key for door in doors if door not in stated}


RULES: tuple[Callable[[Plan], Iterable[Mistake]], ...] = (
    known, reasons, networks_apart, foreign_declared, ends_make_sense, stated_once,
)  # fmt: skip


def _ends(plan: Plan) -> Iterator[Ends]:
    """Yield every flow whose two zones exist."""
    zones = {zone.key: zone for zone in plan.addresses.zones}
    for index, flow in enumerate(plan.flows.flows):
        if flow.source in zones and flow.target in zones:
            yield index, flow, zones[flow.source], zones[flow.target]
