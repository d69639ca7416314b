"""An outcome as an Ansible task result, and back (pure; no secret can be in it)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from typing import TypedDict

from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.state import Change
from nanxi.estate import Estate

#: Verdicts that end a task well.
WELL = frozenset({Verdict.DECLARED, Verdict.DRIFTED, Verdict.CHANGED})


class Diff(TypedDict):
    """Ansible's native form of a difference."""

    before_header: str
    after_header: str
    before: str
    after: str


class Result(TypedDict, total=False):
    """What the ``camera`` action returns."""

    changed: bool
    failed: bool
    unreachable: bool
    msg: str
    verdict: str
    reason: str
    fields: list[str]
    findings: list[str]
    diff: Diff


def result_of(outcome: Outcome, *, may_write: bool = True) -> Result:
    """Return the task result of one device.

    A device that differs but that nobody may write to is not ``changed``: what differs are its findings.
    """
    wanted = [change for change in outcome.changes if change.applicable and may_write]
    result = Result(
        changed=bool(wanted) and outcome.verdict in (Verdict.CHANGED, Verdict.DRIFTED),
        verdict=outcome.verdict.value,
        reason=outcome.reason,
        fields=[change.field for change in wanted],
        findings=[finding(change) for change in outcome.changes if change not in wanted],
    )
    if wanted:
        result["diff"] = diff_of(outcome.host, wanted)
    if outcome.verdict is Verdict.UNREACHABLE:
        result["unreachable"] = True
    elif outcome.verdict not in WELL:
        result["failed"] = True
    if outcome.verdict not in WELL:
        result["msg"] = outcome.reason
    return result


def survey_result(outcomes: Iterable[Outcome], estate: Estate) -> dict[str, object]:
    """Return what the ``survey`` action returns: what is as declared only counts, everything else is named."""
    declared: Counter[str] = Counter()
    devices: dict[str, dict[str, object]] = {}
    drifted: list[str] = []
    unread: dict[str, dict[str, str]] = {}
    for outcome in outcomes:
        host, verdict, unit = outcome.host, outcome.verdict, estate.devices[outcome.host].unit
        if verdict is Verdict.DECLARED and not outcome.changes:
            declared[unit] += 1
            continue
        devices[host] = {"unit": unit, **result_of(outcome)}
        if verdict is Verdict.DRIFTED:
            drifted.append(host)
        elif verdict not in WELL:
            unread[host] = {"verdict": verdict.value, "reason": outcome.reason}
    return {
        "changed": False,
        "declared": dict(declared),
        "devices": devices,
        "unit_names": {unit.key: unit.name for unit in estate.plan.units},
        "ansible_facts": {"drifted": interleave(drifted, list(unread)), "unread": unread},
    }


def diff_of(host: str, changes: Iterable[Change]) -> Diff:
    """Return the changes as the text of two files, one line a field."""
    changes = list(changes)
    return Diff(
        before_header=f"{host} (actual)",
        after_header=f"{host} (declared)",
        before="".join(f"{change.field}: {change.before}\n" for change in changes),
        after="".join(f"{change.field}: {change.after}\n" for change in changes),
    )


def finding(change: Change) -> str:
    """Return a difference that will not be changed, in words."""
    reason = f" ({change.reason})" if change.reason else ""
    return f"{change.field} is {change.before or 'empty'}, declared {change.after or 'empty'}{reason}"


def interleave(many: Sequence[str], few: Sequence[str]) -> list[str]:
    """Return both lists as one, each spread evenly over the whole.

    Ansible ends a run when every host of a batch failed: devices that could not be read are spread among those
    that could, so that a station without power does not fill a batch.
    """
    ranked = [((index + 0.5) / len(hosts), host) for hosts in (many, few) for index, host in enumerate(hosts)]
    return [host for _, host in sorted(ranked)]


def plain(value: object) -> object:
    """Return a state or declaration as plain data for ``gathered`` and ``rendered``."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(str(item) for item in value)
    if value is None or type(value) in (bool, int, float, str):
        return value
    return str(value)
