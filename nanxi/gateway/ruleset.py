"""The text of a station's nftables ruleset: rules and counters into ``ruleset.nft.j2`` (pure).

Names of counters are read by exporters: ``flow_<flow>``, ``deny_<zone>__<zone>`` (``__elsewhere`` for an address that
no zone has), ``spoof_<zone>`` and ``invalid``; a zone's dashes are underscores.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from ipaddress import IPv4Address
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from nanxi.county.isolation import Isolation, Place
from nanxi.county.model import Service
from nanxi.gateway.confined import Confined
from nanxi.gateway.rules import Chain, Rule, behind, rules
from nanxi.gateway.station import Station


def ruleset(here: Station, model: Isolation, confined: Confined | None = None) -> str:
    """Return the file that ``nft -f`` loads in one transaction and that stands in /etc/nftables.conf.

    The users of ``confined`` must be there when it is loaded: nft asks the host for their numbers.
    """
    allowed = rules(here, model)
    lines: dict[Chain, list[tuple[Rule, list[str]]]] = defaultdict(list)
    for rule in allowed:
        lines[rule.chain].append((rule, list(_lines(rule, model))))
    counted = {rule.flow.key for rule in allowed}
    return _template().render(
        here=here,
        zones=_by_zone(model.places),
        legs=[(leg, behind(leg, here, model)) for leg in here.legs],
        chains={chain: lines[chain] for chain in Chain},
        flows=[flow for flow in model.plan.flows.flows if flow.key in counted],
        denied=_denied(here, model),
        confined=confined,
    )


def _lines(rule: Rule, model: Isolation) -> Iterator[str]:
    """Yield the match of each protocol of a rule."""
    where = [f'iifname "{rule.arrives}"'] if rule.arrives else []
    where += [f'oifname "{rule.leaves}"'] if rule.leaves else []
    where += [f"ip saddr {_addresses(rule.sources, model)}", f"ip daddr {_addresses(rule.targets, model)}"]
    for protocol, services in groupby(sorted(rule.services, key=_protocol), _protocol):
        if protocol == "icmp":
            yield " ".join([*where, "icmp type echo-request"])
        else:
            ports = sorted({port for service in services for port in service.ports})
            yield " ".join([*where, f"{protocol} dport {{ {', '.join(map(str, ports))} }}"])


def _protocol(service: Service) -> str:
    return service.protocol


def _addresses(end: tuple[Place, ...] | IPv4Address, model: Isolation) -> str:
    if isinstance(end, IPv4Address):
        return str(end)
    if len(end) == 1:
        return str(end[0].block)
    zone = end[0].zone
    if set(end) == {place for place in model.places if place.zone == zone}:
        return f"@zone_{name(zone.key)}"
    return f"{{ {', '.join(str(place.block) for place in end)} }}"


def _by_zone(every: Iterable[Place]) -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for place in every:
        found[place.zone.key].append(place)
    return dict(found)


def _denied(here: Station, model: Isolation) -> dict[str, list[str]]:
    """Return the zones whose packets may knock here, each with the zones that they may have been sent to."""
    everywhere = list(_by_zone(model.places))
    if here.forwards:
        sources = _by_zone(place for leg in here.legs for place in behind(leg, here, model))
        return dict.fromkeys(sources, everywhere)
    home = here.legs[0].place.zone.key
    return {source: everywhere if source == home else [home] for source in everywhere}


def name(key: str) -> str:
    """Return a zone's key as part of a name in nftables."""
    return key.replace("-", "_")


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - nftables is no markup
    )
    environment.filters["name"] = name
    return environment.get_template("ruleset.nft.j2")
