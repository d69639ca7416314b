"""Rules about services: a protocol with its ports, each used by some flow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from nanxi.county.checks.mistake import Mistake
from nanxi.county.model import Plan


def ports_fit_the_protocol(plan: Plan) -> Iterator[Mistake]:
    """ICMP has no ports; TCP and UDP without ports would be everything."""
    for key, service in plan.flows.services.items():
        path = ("services", key, "ports")
        found = ", ".join(map(str, service.ports))
        if service.protocol == "icmp" and service.ports:
            yield Mistake("flows", path, found, "icmp has no ports", "remove them; it stands for echo")
        elif service.protocol != "icmp" and not service.ports:
            problem = f"{service.protocol} without ports would open every port"
            yield Mistake("flows", path, found, problem, "name the ports of the side that answers")
        twice = sorted(port for port, count in Counter(service.ports).items() if count > 1)
        if twice:
            yield Mistake("flows", path, str(twice[0]), "the port stands twice", "keep one")


def services_used(plan: Plan) -> Iterator[Mistake]:
    """A service that no flow uses is a remainder, or a flow was forgotten."""
    used = {service for flow in plan.flows.flows for service in flow.services}
    for key in plan.flows.services:
        if key not in used:
            yield Mistake(
                "flows", ("services", key), key, "no flow uses this service", "remove it, or write the flow"
            )


RULES: tuple[Callable[[Plan], Iterable[Mistake]], ...] = (ports_fit_the_protocol, services_used)
