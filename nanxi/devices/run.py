"""Run the asynchronous drivers from synchronous callers (Ansible plugins, scripts) on uvloop."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import uvloop

from nanxi.devices.consent import NO_CONSENT, Consent
from nanxi.devices.converge import converge
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome
from nanxi.devices.state import ALL_ASPECTS, Aspect
from nanxi.devices.survey import Job, survey


def run_survey(
    jobs: Iterable[Job],
    *,
    guard: LockoutGuard,
    aspects: frozenset[Aspect] = ALL_ASPECTS,
    consent: Consent = NO_CONSENT,
    concurrency: int = 100,
    device_deadline_s: float = 15.0,
    total_deadline_s: float | None = None,
    progress: Callable[[Outcome], None] | None = None,
) -> list[Outcome]:
    """Run :func:`nanxi.devices.survey.survey` to its end."""
    return uvloop.run(
        survey(
            jobs,
            guard=guard,
            aspects=aspects,
            consent=consent,
            concurrency=concurrency,
            device_deadline_s=device_deadline_s,
            total_deadline_s=total_deadline_s,
            progress=progress,
        )
    )


def run_converge(
    job: Job,
    *,
    guard: LockoutGuard,
    aspects: frozenset[Aspect] = ALL_ASPECTS,
    check: bool = False,
    consent: Consent = NO_CONSENT,
    deadline_s: float = 60.0,
) -> Outcome:
    """Run :func:`nanxi.devices.converge.converge` to its end."""
    return uvloop.run(
        converge(
            job,
            guard=guard,
            aspects=aspects,
            check=check,
            consent=consent,
            deadline_s=deadline_s,
        )
    )
