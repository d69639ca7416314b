"""A patrol from the first look to the last: read, judge, mend in rings, look again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from nanxi.county.model import Plan
from nanxi.maintenance.patrol.facts import HostFacts
from nanxi.maintenance.patrol.judge import Limits, Matter, Severity, Trouble, judge, odd_versions, ranked
from nanxi.maintenance.patrol.rings import rings
from nanxi.register.model import Host

Read = Callable[[Mapping[str, str]], Mapping[str, HostFacts | str]]
Mend = Callable[[Iterable[Trouble], Mapping[str, str]], set[str]]


@dataclass
class Report:
    """What a patrol found last, and on which hosts it did something; ``stopped`` says why it did not go on."""

    troubles: list[Trouble]
    mended: list[str] = field(default_factory=list)
    stopped: str = ""


def limits_of(plan: Plan) -> Limits:
    """Return the limits of the plan; what it does not say is the patrol's own."""
    return Limits(clock_warning_s=plan.policies.clock.warn_s, clock_critical_s=plan.policies.clock.fail_s)


def look(hosts: Mapping[str, Host], read: Read, limits: Limits) -> list[Trouble]:
    """Read hosts and return all their troubles, worst first."""
    found = read({name: str(host.ipv4) for name, host in hosts.items()})
    facts = {name: one for name, one in found.items() if isinstance(one, HostFacts)}
    troubles = [
        Trouble(Severity.CRITICAL, Matter.UNREACHABLE, name, value=one)
        for name, one in found.items()
        if isinstance(one, str)
    ]
    for name, one in facts.items():
        troubles += judge(name, one, limits)
    return ranked([*troubles, *odd_versions({name: host.role for name, host in hosts.items()}, facts)])


def fix(
    troubles: list[Trouble],
    hosts: Mapping[str, Host],
    read: Read,
    mend: Mend,
    *,
    limits: Limits,
    share: float,
) -> Report:
    """Do every remedy, ring after ring; stop at the first ring that does not come out better than it went in.

    ``share`` is what of a unit may be touched at once; see :func:`nanxi.maintenance.patrol.rings.rings`.
    """
    due = {one.host for one in troubles if one.remedy is not None}
    report = Report(troubles)
    for ring in rings(due, {name: host.unit for name, host in hosts.items()}, share):
        chosen = {name: hosts[name] for name in ring}
        wanted = [one for one in report.troubles if one.host in chosen and one.remedy is not None]
        failed = mend(wanted, {name: str(host.ipv4) for name, host in chosen.items()})
        after = look(chosen, read, limits)
        others = [one for one in report.troubles if one.host not in chosen or one.matter is Matter.VERSION]
        report.troubles = ranked([*others, *(one for one in after if one.matter is not Matter.VERSION)])
        left = {(one.host, one.matter, one.subject) for one in after}
        ill = failed | {one.host for one in wanted if (one.host, one.matter, one.subject) in left}
        report.mended += [name for name in ring if name not in ill]
        if ill:
            report.stopped = f"{', '.join(sorted(ill))}: not better for it; no other host was touched"
            break
    return report
