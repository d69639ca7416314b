"""Make one switch as declared, or say what differs (D3, D5, D10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from nanxi.devices.errors import DeviceError
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.state import Aspect, Change
from nanxi.devices.switch.change import Change as Walk
from nanxi.devices.switch.change import NotAppliedError
from nanxi.devices.switch.course import Holds
from nanxi.devices.switch.diff import missing
from nanxi.devices.switch.job import Surroundings, SwitchJob
from nanxi.devices.switch.secrets import redacted
from nanxi.devices.switch.state import SwitchState
from nanxi.devices.switch.text import Tree, text_of


def converge(job: SwitchJob, around: Surroundings, state: Path, *, check: bool = False) -> Outcome:
    """Make the switch as declared and prove it, or with ``check`` only say what differs.

    Args:
        job: the switch.
        around: how to reach it, and the time.
        state: folder of what this host remembers (lock, backups, interrupted work, host keys).
        check: change nothing.

    Returns:
        DECLARED, DRIFTED (``check``), CHANGED, NOT_APPLIED, or what went wrong and what the switch holds now. Never
        raises a DeviceError.
    """
    remembered = SwitchState(state, job.host)
    walk = Walk(job, around, remembered, check=check or not job.target.may_write)
    try:
        if check or not job.target.may_write:
            walk.walk()
        else:
            with remembered.locked(job.above):
                walk.walk()
    except DeviceError as error:
        return Outcome(job.host, error.verdict, str(error), untouched=not walk.touched)
    outcome = _outcome(walk, check=check or not job.target.may_write)
    return replace(outcome, untouched=not walk.touched)


def _outcome(walk: Walk, *, check: bool) -> Outcome:
    job, running = walk.job, walk.reading.running if walk.reading else {}
    changes = tuple(_changes(walk, running))
    texts = _texts(running, walk.wanted)
    if walk.error is not None:
        verdict = Verdict.NOT_APPLIED if isinstance(walk.error, NotAppliedError) else walk.error.verdict
        held = "" if walk.reading is None or not walk.remedy else f". The switch holds {walk.holds}"
        return Outcome(job.host, verdict, f"{walk.error}{held}", changes, texts=texts)
    wanted = [change for change in changes if change.applicable]
    if walk.saved:
        return Outcome(job.host, Verdict.CHANGED, "", changes, texts=texts)
    if walk.holds is Holds.UNSAVED:
        return Outcome(job.host, Verdict.FAILED, f"The switch holds {walk.holds}", changes, texts=texts)
    if check and wanted:
        return Outcome(
            job.host, Verdict.DRIFTED, ", ".join(one.field for one in wanted), changes, texts=texts
        )
    return Outcome(job.host, Verdict.DECLARED, "", changes)


def _changes(walk: Walk, running: Tree) -> Iterator[Change]:
    """Yield one change for each section that differs, and a finding for what is not saved."""
    lacking, extra = missing(running, walk.wanted) if walk.remedy else ((), ())
    sections = dict.fromkeys(path[0] for path in (*lacking, *extra))
    may_write = walk.job.target.may_write
    for section in sections:
        before = [" ".join(path[1:] or path) for path in extra if path[0] == section]
        after = [" ".join(path[1:] or path) for path in lacking if path[0] == section]
        yield Change(
            Aspect.NETWORK,
            field_of(section),
            redacted("; ".join(before)),
            redacted("; ".join(after)),
            applicable=may_write,
            reason="" if may_write else "the register says that this device is only observed",
        )
    if walk.reading and not walk.reading.saved and not walk.saved:
        # Somebody's, or an interrupted run's: a reboot would undo it, and the next save makes it last.
        lost, _ = missing(walk.reading.startup, walk.reading.running)
        told = "; ".join(" / ".join(path) for path in lost[:3])
        yield Change(
            Aspect.NETWORK, "unsaved", redacted(told), "saved", applicable=False, reason="a reboot undoes it"
        )


def field_of(section: str) -> str:
    """Return a section's short name for summaries: ``interface.GigabitEthernet0/0/1``, ``vlan.110``, ``acl.3010``."""
    words = section.split()
    if words[0] in ("interface", "vlan"):
        return ".".join(words[:2])
    if words[0] == "acl" or words[:2] == ["ip", "access-list"]:
        return f"acl.{words[-1]}"
    return f"system.{'-'.join(words[:3])}"


def _texts(running: Tree, wanted: Tree) -> tuple[str, str]:
    """Return the sections that differ, as they are and as they will be."""
    differing = {line for line in (*running, *wanted) if running.get(line) != wanted.get(line)}
    before = {line: below for line, below in running.items() if line in differing}
    after = {line: below for line, below in wanted.items() if line in differing}
    return redacted(text_of(before)), redacted(text_of(after))
