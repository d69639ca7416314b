"""The one signature of every probe, and what runs around it: deadline, verdict, log, fresh samples.

Adding a prober is one function and one line in :mod:`exporters.probers`.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from enum import StrEnum

from exporters.config import ModuleConfig
from exporters.services import Services
from exporters.signals import Identity, Samples
from nanxi.credentials import CredentialError
from nanxi.devices.declare import UndeclaredError
from nanxi.devices.errors import DeviceError
from nanxi.register.model import Device

_LOG = logging.getLogger(__name__)


class Verdict(StrEnum):
    """How a probe ended, in one word."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    LOCKED = "locked"  # by the device, or the guard holds it and nothing was sent
    BUSY = "busy"  # no session left (453, 503): neither up nor down
    HOSTILE = "hostile"
    FAILED = "failed"
    UNDECLARED = "undeclared"  # register, plan or credentials do not say enough; nothing was sent
    UNKNOWN = "unknown"  # never probed, or too long ago

    @property
    def success(self) -> bool | None:
        """What ``probe_success`` says; None when the probe tells nothing about the device."""
        return None if self in _SILENT else self is Verdict.OK


_SILENT = frozenset({Verdict.LOCKED, Verdict.BUSY, Verdict.UNKNOWN, Verdict.UNDECLARED})


class ProbeLog:
    """What a probe did, line by line with the time; a person reads it with ``debug=true``. Never holds a secret."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self.lines: list[str] = []

    def __call__(self, text: str) -> None:
        """Add a line; of a device that talks without end only the first 200 are kept."""
        if len(self.lines) < 200:
            self.lines.append(f"{time.monotonic() - self._start:8.3f} {text[:300]}")


@dataclass(slots=True)
class Task:
    """One probe of one device. A prober fills ``samples``, which start empty each time."""

    device: Device
    module: ModuleConfig
    services: Services
    deadline_s: float
    samples: Samples
    log: ProbeLog = field(default_factory=ProbeLog)


#: Returns the verdict, or raises DeviceError, CredentialError or TimeoutError, which have their own.
Prober = Callable[[Task], Awaitable[Verdict]]


@dataclass(frozen=True, slots=True)
class Result:
    """How one probe went. ``ended`` is Unix time."""

    verdict: Verdict
    duration_s: float
    ended: float
    samples: Samples
    log: ProbeLog


def identity(device: Device) -> Identity:
    """Return the labels of a device."""
    point_class = getattr(device, "point_class", None)
    return Identity(
        device.host,
        device.kind.value,
        device.unit,
        point_class.value if point_class else "",
        device.network.value,
    )


def told(name: str, about: Identity, result: Result) -> Samples:
    """Return everything that a result of module ``name`` tells of a device: how the probe went, and what it found."""
    samples = Samples(about)
    samples.add("nanxi_probe_success", result.verdict.success, module=name)
    samples.add("nanxi_probe_verdict", 1, module=name, verdict=result.verdict.value)
    samples.add("nanxi_probe_duration_seconds", result.duration_s, module=name)
    samples.add("nanxi_probe_timestamp_seconds", result.ended, module=name)
    samples.extend(result.samples)
    return samples


async def run_probe(
    prober: Prober, device: Device, module: ModuleConfig, services: Services, deadline_s: float
) -> Result:
    """Probe one device; never raises, and never takes longer than ``deadline_s`` seconds."""
    task = Task(device, module, services, deadline_s, Samples(identity(device)))
    start = time.monotonic()
    try:
        async with asyncio.timeout(deadline_s):
            verdict = await prober(task)
    except TimeoutError:
        verdict = Verdict.UNREACHABLE
        task.log(f"not done within {deadline_s:g} s")
    except (CredentialError, UndeclaredError) as error:
        verdict = Verdict.UNDECLARED
        task.log(str(error))
    except DeviceError as error:
        verdict = Verdict(error.verdict.value)
        task.log(str(error))
    except Exception as error:  # noqa: BLE001 - whatever a hostile reply makes us trip over ends here, named
        _LOG.exception("%s: unexpected error", device.host)
        verdict = Verdict.FAILED
        task.log(f"an error of Nanxi's own: {type(error).__name__}")
    duration = time.monotonic() - start
    task.log(f"verdict {verdict} after {duration:.3f} s, {len(task.samples)} samples")
    return Result(verdict, duration, time.time(), task.samples, task.log)
