"""An outcome as an Ansible task result, and back (pure; no secret can be in it)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypedDict

from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.state import Change
from nanxi.estate import Estate
from nanxi.register.columns import titles
from nanxi.register.model import Device
from nanxi.register.write import cell

#: Verdicts that end a task well.
WELL = frozenset({Verdict.DECLARED, Verdict.DRIFTED, Verdict.CHANGED})


class Diff(TypedDict):
    """Ansible's native form of a difference."""

    before_header: str
    after_header: str
    before: str
    after: str


class Result(TypedDict, total=False):
    """What the ``device`` action returns."""

    unit: str
    changed: bool
    failed: bool
    unreachable: bool
    msg: str
    verdict: str
    reason: str
    fields: list[str]
    findings: list[str]
    diff: Diff
    ansible_facts: dict[str, object]


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
        result["diff"] = diff_of(outcome.host, wanted, outcome.texts)
    if outcome.verdict is Verdict.UNREACHABLE:
        result["unreachable"] = True
    elif outcome.verdict not in WELL:
        result["failed"] = True
    if outcome.verdict not in WELL:
        result["msg"] = outcome.reason
    return result


def postponed(result: Result) -> Result:
    """Return a result that ends its task well; what went wrong is the fact ``failure``, for a play at the end.

    Ansible ends a run when every host of a batch failed, and one dead recorder must not keep the others, or another
    kind of device, from their turn.
    """
    if not (result.get("failed") or result.get("unreachable")):
        return result
    later = result.copy()
    later.pop("failed", None)
    later.pop("unreachable", None)
    later["ansible_facts"] = {"failure": {"verdict": result["verdict"], "reason": result["reason"]}}
    return later


def survey_result(
    outcomes: Iterable[Outcome], estate: Estate, before: Mapping[str, Any]
) -> dict[str, object]:
    """Return what the ``survey`` action returns: what is as declared only counts, everything else is named.

    Args:
        outcomes: of every device.
        estate: knows their units.
        before: facts of an earlier survey in the same run, of another kind; they stay.
    """
    declared: Counter[str] = Counter()
    devices: dict[str, dict[str, object]] = {}
    due: list[str] = list(before.get("due", ()))
    unread: dict[str, dict[str, str]] = dict(before.get("unread", {}))
    for outcome in outcomes:
        host, verdict, unit = outcome.host, outcome.verdict, estate.devices[outcome.host].unit
        if verdict is Verdict.DECLARED and not outcome.changes:
            declared[unit] += 1
            continue
        devices[host] = {"unit": unit, **result_of(outcome)}
        if verdict is Verdict.DRIFTED:
            due.append(host)
        elif verdict not in WELL:
            unread[host] = {"verdict": verdict.value, "reason": outcome.reason}
    return {
        "changed": False,
        "declared": dict(declared),
        "devices": devices,
        "ansible_facts": {"due": due, "unread": unread},
    }


def all_due(hosts: Iterable[str], before: Mapping[str, Any]) -> dict[str, object]:
    """Return what the ``survey`` action returns where every device gets a task of its own anyway."""
    return {"changed": False, "ansible_facts": {"due": [*before.get("due", ()), *hosts]}}


def diff_of(host: str, changes: Iterable[Change], texts: tuple[str, str] | None = None) -> Diff:
    """Return the changes as the text of two files: the device's own where it has one, else one line a field."""
    changes = list(changes)
    if texts is not None:
        return Diff(
            before_header=f"{host} (actual)",
            after_header=f"{host} (declared)",
            before=texts[0],
            after=texts[1],
        )
    return Diff(
        before_header=f"{host} (actual)",
        after_header=f"{host} (declared)",
        before="".join(f"{change.field}: {change.before}\n" for change in changes),
        after="".join(f"{change.field}: {change.after}\n" for change in changes),
    )


def rows_diff(old: Device, new: Device) -> Diff:
    """Return what changes in a device's row of the register, one line a column."""
    pairs = [(title, cell(old, field), cell(new, field)) for field, title in titles(type(old)).items()]
    changed = [(title, before, after) for title, before, after in pairs if before != after]
    return Diff(
        before_header=f"{old.host} (register)",
        after_header=f"{new.host} (register)",
        before="".join(f"{title}: {before}\n" for title, before, _ in changed),
        after="".join(f"{title}: {after}\n" for title, _, after in changed),
    )


def finding(change: Change) -> str:
    """Return a difference that will not be changed, in words."""
    reason = f" ({change.reason})" if change.reason else ""
    return f"{change.field} is {change.before or 'empty'}, declared {change.after or 'empty'}{reason}"


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
