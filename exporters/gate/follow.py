"""The gate sees within seconds that a camera stops or comes back: it is called up then, and not in its own turn (H1).

Without this a camera that is dead would count as heard until its next call-up, whatever the other modules find.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from exporters.fleet.poller import Poller
from exporters.gate.status import USUAL_S, GateError, streams
from exporters.services import Services


async def follow(services: Services, pollers: Sequence[Poller], every_s: float = USUAL_S) -> None:
    """Look at the gate every ``every_s`` seconds until cancelled; what the recorder got or lost is taken in as well."""
    own = await asyncio.to_thread(services.recorded_here)
    before = await _playing(services, every_s)
    while True:
        await asyncio.sleep(every_s)
        if (told := await asyncio.to_thread(services.recorded_here)) != own:
            own = told
            for poller in pollers:
                poller.refresh()
        now = await _playing(services, every_s)
        for camera in before ^ now:
            for poller in pollers:
                poller.doubt(camera)
        before = now


async def _playing(services: Services, every_s: float) -> frozenset[str]:
    try:
        found = await streams(services, every_s / 2)
    except GateError:
        return frozenset()
    return frozenset(camera for (camera, _), held in found.items() if held.playing)
