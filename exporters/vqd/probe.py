"""Prober ``vqd``: one key frame of the sub stream, measured and scored.

nanxi_vqd_score{device="shangtang-cam0001",...,defect="blurred"} 83.5
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from weakref import WeakKeyDictionary

from exporters.probe import Task, Verdict
from exporters.rtsp.source import honest, source
from exporters.services import Services
from exporters.signals import Samples
from nanxi.devices.errors import DeviceError, FaultError, HostileError, LockedError, UnreachableError
from nanxi.devices.rtsp.errors import BusyError
from nanxi.devices.rtsp.keyframe import key_frame
from nanxi.vqd.measure import HEIGHT, WIDTH, PictureError, measure
from nanxi.vqd.score import NORMAL, UNTESTED, is_night, judgement, lost, scores


@dataclass
class _Memory:
    """The small picture of each camera's last sample; it is in memory only."""

    before: dict[str, bytes] = field(default_factory=dict)


_MEMORY: WeakKeyDictionary[Services, _Memory] = WeakKeyDictionary()


async def probe_vqd(task: Task) -> Verdict:
    """Get a key frame and tell its defects. A camera that gives no picture has lost its signal; a busy one is not judged."""
    memory, host = _MEMORY.setdefault(task.services, _Memory()), task.device.host
    where = await source(task.services, task.device, task.module)
    try:
        try:
            codec, data = await key_frame(where.target, task.services.guard, within_s=task.module.key_frame_s)
        except DeviceError as error:
            raise await honest(task.services, where, error) from None
    except BusyError as error:
        task.log(str(error))
        return Verdict.BUSY
    except LockedError:
        raise
    except (FaultError, UnreachableError):
        emit(task.samples, lost())
        raise
    try:
        picture = await measure(codec, data)
    except PictureError as error:
        emit(task.samples, lost())
        raise HostileError(str(error)) from None
    found = scores(picture, memory.before.get(host), reference(task.module.references, host))
    memory.before[host] = picture.small
    emit(task.samples, found)
    task.samples.add("nanxi_vqd_night", is_night(picture, judgement()))
    task.samples.add("nanxi_vqd_picture_timestamp_seconds", time.time())
    task.log(f"{codec} of {len(data)} bytes via {where.via}: {picture}")
    return Verdict.OK


def emit(samples: Samples, found: Mapping[str, float]) -> None:
    """Tell the scores, and whether every tested one is normal."""
    for defect, score in found.items():
        samples.add("nanxi_vqd_score", score, defect=defect)
    samples.add("nanxi_vqd_ok", all(score >= NORMAL for score in found.values() if score != UNTESTED))


def reference(folder: Path | None, host: str) -> bytes | None:
    """Return the small picture of how a camera should look, None when there is none: raw grey, WIDTH x HEIGHT."""
    if folder is None:
        return None
    try:
        small = (folder / f"{host}.gray").read_bytes()
    except OSError:
        return None
    return small if len(small) == WIDTH * HEIGHT else None
