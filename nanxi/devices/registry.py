"""Drivers by the register's ``driver`` column. A second protocol is one line here and one folder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from nanxi.devices.assess import Job
from nanxi.devices.driver import Session, Target
from nanxi.devices.errors import DeviceError, FaultError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.isapi.session import IsapiSession
from nanxi.devices.onvif.session import OnvifSession
from nanxi.devices.outcome import Outcome, Verdict

_LOG = logging.getLogger(__name__)

Opener = Callable[[Target, LockoutGuard], Awaitable[Session]]

#: Driver name -> coroutine function that opens a signed-in session.
DRIVERS: Mapping[str, Opener] = {"onvif": OnvifSession.open, "isapi": IsapiSession.open}


@asynccontextmanager
async def opened(job: Job, guard: LockoutGuard) -> AsyncIterator[Session]:
    """Hold an open session with the driver that the register names.

    Raises:
        FaultError: there is no such driver.
        DeviceError: the device cannot be reached or does not let us in.
    """
    opener = DRIVERS.get(job.driver)
    if opener is None:
        raise FaultError(f"no driver is called {job.driver!r}; there are {', '.join(DRIVERS)}")
    session = await opener(job.target, guard)
    try:
        yield session
    finally:
        await session.close()


async def outcome_of(job: Job, deadline_s: float, work: Awaitable[Outcome]) -> Outcome:
    """Return what ``work`` returns, or the outcome that its error means. One odd device never stops the others."""
    host = job.declared.host
    try:
        async with asyncio.timeout(deadline_s):
            return await work
    except TimeoutError:
        return Outcome(host, Verdict.UNREACHABLE, f"not done within {deadline_s:g} s")
    except DeviceError as error:
        return Outcome(host, error.verdict, str(error))
    except Exception as error:  # noqa: BLE001 - whatever a hostile reply makes us trip over ends here, named
        _LOG.exception("%s: unexpected error", host)
        return Outcome(host, Verdict.FAILED, f"an error of Nanxi's own: {type(error).__name__}")
