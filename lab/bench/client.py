"""One client over many twins, as a process of its own so that its CPU can be told from the twins'.

``python -m lab.bench.client FOLDER survey|converge|floor|zeep COUNT [SKIP]`` works on COUNT cameras after the first
SKIP of the register. With COUNT 0 it costs what starting costs.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop
from ansible.parsing.vault import VaultLib, VaultSecret

from lab import keys
from lab.bench.county import BenchCounty
from nanxi.credentials import open_store
from nanxi.devices.converge import converge
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Outcome, Verdict
from nanxi.devices.run import run_survey
from nanxi.devices.state import ALL_ASPECTS, Aspect
from nanxi.devices.survey import Job
from nanxi.estate import load_estate
from nanxi.fleet.jobs import jobs
from nanxi.register.model import Camera, Management

#: What a survey must read in 2 ms of CPU (design, section 5); the floor and zeep read the same.
SIX = frozenset({Aspect.CLOCK, Aspect.IDENTITY, Aspect.ENCODERS, Aspect.OSD})


def work_list(county: BenchCounty, count: int, skip: int) -> list[Job]:
    """Return the jobs of ``count`` managed cameras after the first ``skip``."""
    estate = load_estate(county.inventory)
    secret = VaultSecret(keys.vault_password(county.inventory).read_bytes().strip())
    store = open_store(county.inventory, VaultLib([("default", secret)]).decrypt)
    hosts = [
        host
        for host, device in estate.devices.items()
        if isinstance(device, Camera) and device.touchable and device.management is Management.MANAGED
    ]
    if len(hosts) < skip + count:
        raise SystemExit(f"{len(hosts)} managed cameras, {skip + count} asked for")
    ready, failed = jobs(estate, store, hosts[skip : skip + count])
    if failed:
        raise SystemExit(f"not ready: {failed[0]}")
    return ready


def main(argv: Sequence[str]) -> int:
    """Do the work; the exit code is 1 when a camera did not fare as it must, so that no figure is a lie."""
    county = BenchCounty(Path(argv[0]))
    todo = work_list(county, int(argv[2]), int(argv[3]) if len(argv) > 3 else 0)
    guard = LockoutGuard(county.folder / "state" / "guard")
    match argv[1]:
        case "survey":
            return judge(run_survey(todo, guard=guard, aspects=SIX), Verdict.DECLARED)
        case "survey-all":
            return judge(run_survey(todo, guard=guard), Verdict.DECLARED)
        case "converge":
            return judge(uvloop.run(converge_all(todo, guard)), Verdict.CHANGED)
        case "floor":
            from lab.bench.floor import read_all  # noqa: PLC0415 - each client pays for its own imports only

            return uvloop.run(read_all(todo))
        case "zeep":
            from lab.bench.shared_zeep import read_all as read_with_zeep  # noqa: PLC0415 - as above

            return read_with_zeep(todo)
    raise SystemExit(__doc__)


async def converge_all(todo: Sequence[Job], guard: LockoutGuard, concurrency: int = 400) -> list[Outcome]:
    """Converge every camera in this process."""
    gate = asyncio.Semaphore(concurrency)

    async def one(job: Job) -> Outcome:
        async with gate:
            return await converge(job, guard=guard, aspects=ALL_ASPECTS)

    return await asyncio.gather(*map(one, todo))


def judge(outcomes: Sequence[Outcome], wanted: Verdict) -> int:
    """Return 1, with an example, when an outcome is another than ``wanted``."""
    other = [outcome for outcome in outcomes if outcome.verdict is not wanted]
    if other:
        changes = [f"{change.field}: {change.before} -> {change.after}" for change in other[0].changes]
        print(
            f"{len(other)} of {len(outcomes)} are not {wanted}: {other[0].host} {other[0].verdict}",
            file=sys.stderr,
        )
        print(other[0].reason, *changes, sep="\n  ", file=sys.stderr)
    return 1 if other else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
