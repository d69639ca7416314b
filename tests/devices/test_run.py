"""The synchronous doors for plugins and scripts."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Verdict
from nanxi.devices.run import run_converge, run_survey
from nanxi.devices.state import Aspect
from tests.devices.twins import Bench, twin

ASPECTS = frozenset({Aspect.HOSTNAME})


@contextmanager
def served() -> Iterator[Bench]:
    """Serve a twin in a thread, because the callers under test have no event loop."""
    ready, done, held = threading.Event(), threading.Event(), []

    async def serve() -> None:
        async with twin() as bench:
            held.append(bench)
            ready.set()
            await asyncio.to_thread(done.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield held[0]
    finally:
        done.set()
        thread.join()


def test_survey_converge_survey(tmp_path: Path) -> None:
    guard = LockoutGuard(tmp_path)
    with served() as bench:
        (before,) = run_survey([bench.job], guard=guard, aspects=ASPECTS)
        changed = run_converge(bench.job, guard=guard, aspects=ASPECTS)
        (after,) = run_survey([bench.job], guard=guard, aspects=ASPECTS)
    assert [before.verdict, changed.verdict, after.verdict] == [
        Verdict.DRIFTED,
        Verdict.CHANGED,
        Verdict.DECLARED,
    ]
