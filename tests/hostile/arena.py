"""The proof, run in a network namespace of its own: every hostile camera beside two healthy ones.

``python -m tests.hostile.arena OUTPUT [CASE...]`` writes one JSON document. All cameras are twins in one process; every case is
surveyed by a process of its own, so that its memory can be told. Both are forked from this one, so that they start fast.
"""

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import socket
import sys
import tempfile
import time
import traceback
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvloop

from nanxi.devices.converge import converge
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome
from nanxi.devices.survey import survey
from tests.hostile import walls, wiretap
from tests.hostile.cameras import HEALTHY, address, job, password, serve
from tests.hostile.cases import Case, load

#: Cases that run at once: most wait for a device, and more would make two cores the measure of their time.
_AT_ONCE = 24


def main(output: str, *names: str) -> None:
    """Try every case, or those named, and write what came of it."""
    cases = [case for case in load("web") if not names or case.name in names]
    walls.build(address(number) for number in range(len(HEALTHY) + len(cases)))
    secrets = [password(number + len(HEALTHY)) for number, case in enumerate(cases) if case.act == "survey"]
    words = [word for secret in secrets for word in (secret.encode(), b64encode(f"admin:{secret}".encode()))]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fleet = _fork(lambda: serve(cases, folder / "counts"))
        try:
            _wait_until_up()
            with wiretap.listening(words) as heard:
                alone = _collect([lambda: _trial(None, 0, folder / "alone")], folder)[0]
                trials = [
                    lambda number=number, case=case: _trial(case, number, folder / case.name)
                    for number, case in enumerate(cases, len(HEALTHY))
                ]
                results = _collect(trials, folder)
        finally:
            os.kill(fleet, signal.SIGTERM)  # or it would outlive us and hold our output open
            os.waitpid(fleet, 0)
        report = {
            "alone": alone,
            "cases": {case.name: result for case, result in zip(cases, results, strict=True)},
            "counts": json.loads((folder / "counts").read_text()),
            "heard": sorted(word.decode() for word in heard),
            "strays": walls.strays(),
        }
    Path(output).write_text(json.dumps(report, ensure_ascii=False))


def _trial(case: Case | None, number: int, folder: Path) -> dict[str, Any]:
    """Survey, or converge, one hostile camera beside the healthy ones, and tell outcomes, seconds and bytes."""
    guard = LockoutGuard(folder)
    healthy = [job(index, name) for index, name in enumerate(HEALTHY)]
    before = _forget_peak()
    started, seconds = time.monotonic(), {}

    def note(outcome: Outcome) -> None:
        seconds[outcome.host] = time.monotonic() - started

    async def act() -> list[Outcome]:
        if case is None:
            return await survey(healthy, guard=guard, progress=note)
        hostile = job(number, case.name)
        if case.act == "survey":
            return await survey([hostile, *healthy], guard=guard, progress=note)
        changed, others = await asyncio.gather(
            converge(hostile, guard=guard, deadline_s=15), survey(healthy, guard=guard, progress=note)
        )
        note(changed)
        return [changed, *others]

    outcomes = uvloop.run(act())
    return {
        "outcomes": {outcome.host: dataclasses.asdict(outcome) for outcome in outcomes},
        "seconds": seconds,
        "bytes": _peak() - before,
    }


# -- memory of this process, from /proc (getrusage's maximum would include the process that forked us) ---------------


def _forget_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _peak() -> int:
    return _status("VmHWM")


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) * 1024


# -- processes ------------------------------------------------------------------------------------------------------


def _collect(trials: list[Callable[[], dict[str, Any]]], folder: Path) -> list[dict[str, Any]]:
    """Run every trial in a process of its own, a few at once, and return their results in order."""
    waiting, running = list(enumerate(trials)), set()
    while waiting or running:
        while waiting and len(running) < _AT_ONCE:
            number, trial = waiting.pop(0)
            running.add(_fork(lambda trial=trial, number=number: _write(folder / f"{number}.json", trial)))
        pid, _ = os.waitpid(-1, 0)
        running.discard(pid)
    return [json.loads((folder / f"{number}.json").read_text()) for number in range(len(trials))]


def _write(file: Path, trial: Callable[[], dict[str, Any]]) -> None:
    try:
        result = trial()
    except BaseException:  # noqa: BLE001 - the report must tell of it, whatever it is
        result = {"traceback": traceback.format_exc()}
    file.write_text(json.dumps(result, default=str))


def _fork(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        work()
    except BaseException:  # noqa: BLE001 - a forked process must end here
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _wait_until_up() -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection((address(0), 80), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError("the twins did not come up")


if __name__ == "__main__":
    main(*sys.argv[1:])
