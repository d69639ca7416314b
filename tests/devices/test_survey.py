"""A fleet at once: bounded, in order, and no device spoils another."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.registry import DRIVERS
from nanxi.devices.state import Aspect
from nanxi.devices.survey import Job, survey
from tests.devices.twins import twin

QUICK = frozenset({Aspect.IDENTITY})


def named(job: Job, host: str) -> Job:
    return dataclasses.replace(
        job,
        declared=dataclasses.replace(job.declared, host=host),
        target=dataclasses.replace(job.target, host=host),
    )


async def test_outcomes_come_in_the_order_of_the_jobs(tmp_path: Path) -> None:
    told: list[Outcome] = []
    async with twin() as bench:
        jobs = [named(bench.job, f"cam{number}") for number in range(7)]
        outcomes = await survey(
            jobs, guard=LockoutGuard(tmp_path), aspects=QUICK, concurrency=3, progress=told.append
        )
    assert [outcome.host for outcome in outcomes] == [job.declared.host for job in jobs]
    assert {outcome.verdict for outcome in outcomes} == {Verdict.DECLARED}
    assert sorted(outcome.host for outcome in told) == sorted(outcome.host for outcome in outcomes)


async def test_no_jobs(tmp_path: Path) -> None:
    assert await survey([], guard=LockoutGuard(tmp_path)) == []


async def test_what_is_not_read_in_time_is_named(tmp_path: Path) -> None:
    hang = {"traits": {"misbehaves": [{"behaviour": "hang"}]}}
    async with twin(overrides=hang) as bench:
        (outcome,) = await survey([bench.job], guard=LockoutGuard(tmp_path), device_deadline_s=0.2)
        assert (outcome.verdict, outcome.reason) == (Verdict.UNREACHABLE, "not done within 0.2 s")
        first, second = await survey(
            [bench.job, bench.job], guard=LockoutGuard(tmp_path), concurrency=1, total_deadline_s=0.2
        )
    assert first.verdict is second.verdict is Verdict.UNREACHABLE
    assert "the survey's 0.2 s were over" in second.reason


async def test_an_unknown_driver_is_a_failure_of_that_device_only(tmp_path: Path) -> None:
    async with twin() as bench:
        odd = dataclasses.replace(bench.job, driver="telnet")
        first, second = await survey([odd, bench.job], guard=LockoutGuard(tmp_path), aspects=QUICK)
    assert (first.verdict, second.verdict) == (Verdict.FAILED, Verdict.DECLARED)
    assert all(driver in first.reason for driver in DRIVERS)


async def test_an_error_of_our_own_is_a_failure_of_that_device_only(tmp_path: Path) -> None:
    async with twin() as bench:
        broken = dataclasses.replace(bench.job, target=None)  # type: ignore[arg-type]
        first, second = await survey([broken, bench.job], guard=LockoutGuard(tmp_path), aspects=QUICK)
    assert (first.verdict, second.verdict) == (Verdict.FAILED, Verdict.DECLARED)
    assert "AttributeError" in first.reason


async def test_an_observed_device_has_findings_and_no_drift(tmp_path: Path) -> None:
    async with twin() as bench:
        observed = dataclasses.replace(bench.job.target, may_write=False)
        job = dataclasses.replace(bench.job, target=observed)
        (outcome,) = await survey([job], guard=LockoutGuard(tmp_path), aspects=frozenset({Aspect.HOSTNAME}))
    assert outcome.verdict is Verdict.DECLARED
    assert [change.reason for change in outcome.changes] == [
        "the register says that this device is only observed"
    ]
