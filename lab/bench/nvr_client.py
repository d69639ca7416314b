"""One client over recorders, as a process of its own so that its CPU can be told from the twins'.

``python -m lab.bench.nvr_client survey|floor FOLDER PORT COUNT CHANNELS``: the survey reads clock, identity, inputs and
what is recorded; the floor sends the same requests with bare aiohttp and parses the replies.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path

import uvloop

from lab.bench.client import judge
from lab.bench.floor import ask
from lab.bench.nvr_site import job
from lab.twin.profile import plain_profile
from lab.twin.soap import NAMESPACES
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Verdict
from nanxi.devices.run import run_survey
from nanxi.devices.state import Aspect
from nanxi.devices.survey import Job

ASPECTS = frozenset({Aspect.CLOCK, Aspect.IDENTITY, Aspect.CHANNELS, Aspect.RECORDING})

#: What a survey asks, sign-in included (our client asks for the identity twice: bare, to learn how to sign in).
CALLS = (
    ("tds", "GetSystemDateAndTime", ""),
    ("tds", "GetDeviceInformation", ""),
    ("tds", "GetDeviceInformation", ""),
    ("tds", "GetNTP", ""),
    ("tds", "GetServices", "<IncludeCapability>false</IncludeCapability>"),
    ("trv", "GetReceivers", ""),
    ("trc", "GetRecordings", ""),
    ("trc", "GetRecordingJobs", ""),
    ("tse", "FindRecordings", "<Scope/><KeepAliveTime>PT30S</KeepAliveTime>"),
    ("tse", "GetRecordingSearchResults", "<SearchToken>{}</SearchToken>"),
    ("tse", "EndSearch", "<SearchToken>{}</SearchToken>"),
)


async def floor(todo: Sequence[Job], concurrency: int = 100) -> int:
    """Ask every recorder; return 1 when a reply was not HTTP 200 with XML in it."""
    # Imported here: the survey does not pay for aiohttp.
    import aiohttp  # noqa: PLC0415

    paths = plain_profile("nvr").traits.services.paths
    gate = asyncio.Semaphore(concurrency)

    async def one(work: Job) -> bool:
        credential, search = work.target.credentials[0], ""
        async with gate, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=15)) as http:
            for service, operation, content in CALLS:
                url = f"http://{work.target.address}:{work.target.http_port}{getattr(paths, service)}"
                body = f'<{operation} xmlns="{NAMESPACES[service]}">{content.format(search)}</{operation}>'
                reply = await ask(http, url, credential, body)
                if reply is None:
                    return False
                search = reply.findtext(".//tse:SearchToken", search, NAMESPACES)
        return True

    return 0 if all(await asyncio.gather(*map(one, todo))) else 1


def main(argv: Sequence[str]) -> int:
    """Do the work; the exit code is 1 when a recorder did not fare as it must, so that no figure is a lie."""
    port, count, channels = map(int, argv[2:])
    todo = [job(port, number, channels) for number in range(count)]
    if argv[0] == "floor":
        return uvloop.run(floor(todo))
    guard = LockoutGuard(Path(argv[1]) / "guard")
    return judge(run_survey(todo, guard=guard, aspects=ASPECTS), Verdict.DECLARED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
