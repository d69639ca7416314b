"""What a recorder host is told about its recordings: where they lie, and what is promised of each camera.

A JSON file that the role writes from register and plan, ``/etc/nanxi/recording.json`` by default, so that the host needs
neither. It holds no secret.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from nanxi.county.model import Days, PointClass
from nanxi.findings import Finding, InputError
from nanxi.recording.names import is_camera

if TYPE_CHECKING:
    from nanxi.estate import Estate

DEFAULT_PATH = Path("/etc/nanxi/recording.json")

#: GB 55029-2022 3.5.2(5) and State Council Order 799 Art. 17: at least 30 days. A promise below it (profile plan-2008)
#: is kept as it is and shown as below the law.
LAWFUL_DAYS = 30

Share = Annotated[float, Field(gt=0, lt=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Promise(_Strict):
    """What is promised of one camera's recordings."""

    name: str = Field(default="", description="place name, for reports")
    code: str = Field(default="", description="20-digit code of GB/T 28181")
    point_class: PointClass
    days: Days = Field(description="recordings are kept this long, and deleted then")
    since: int = Field(
        default=0, description="Unix time in s from which on the camera is due; 0: always (see ``due``)"
    )
    vehicle: str = Field(
        default="", description="host on board that records it; its footage arrives here when it is in reach"
    )


class Watermarks(_Strict):
    """Free shares of a volume: at ``start`` footage goes early until ``stop`` is free; ``keep`` is the promise (R6)."""

    keep: Share = 0.05
    start: Share = 0.06
    stop: Share = 0.07


class OnBoard(_Strict):
    """What a host in a vehicle keeps beside the depots' copies (see ``onboard``)."""

    receipts: Path = Path("/var/lib/nanxi/recording/receipts.db")
    keep_days: Days = Field(default=3, description="footage stays on board so long after a depot has it")


class RecordingConfig(_Strict):
    """One host's recordings."""

    index: Path = Path("/var/lib/nanxi/recording/index.db")
    log: Path = Path("/var/lib/nanxi/recording/retrievals.jsonl")
    volumes: tuple[Path, ...] = Field(min_length=1)
    watermarks: Watermarks = Watermarks()
    trust_clock: bool = Field(
        default=False, description="take the clock for kept without asking the kernel (lab)"
    )
    hashing: bool = Field(default=False, description="take a SHA-256 of each segment when it is closed")
    on_board: OnBoard | None = Field(
        default=None, description="this host drives about: others keep its footage"
    )
    statements: Path | None = Field(
        default=None, description="folder with what vehicles said they still have (see ``statements``)"
    )
    cameras: dict[str, Promise]

    @property
    def own(self) -> dict[str, Promise]:
        """The cameras that this host records itself; the others' footage arrives when their vehicle is in reach."""
        aboard = self.on_board is not None
        return {camera: one for camera, one in self.cameras.items() if aboard or not one.vehicle}


def load_config(path: Path | None = None) -> RecordingConfig:
    """Load a host's configuration; ``path`` defaults to ``NANXI_RECORDING``, then to ``DEFAULT_PATH``.

    Raises:
        InputError: with every mistake in it, or because it cannot be read.
    """
    path = path or Path(os.environ.get("NANXI_RECORDING") or DEFAULT_PATH)
    try:
        config = RecordingConfig.model_validate_json(path.read_bytes())
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        raise InputError(
            [
                Finding(
                    str(path), 0, "", "", problem, "the role recorder writes it; name another with --config"
                )
            ]
        ) from None
    except ValidationError as error:
        raise InputError(
            Finding(str(path), 0, ".".join(map(str, one["loc"])), _shown(one["input"]), one["msg"], "")
            for one in error.errors()
        ) from None
    if mistakes := _mistakes(path, config):
        raise InputError(mistakes)
    return config


def promises(estate: Estate, cameras: Iterable[str]) -> dict[str, Promise]:
    """Return what plan and register promise of these cameras.

    Raises:
        KeyError: the register has no such camera.
    """
    from nanxi.register.model import Camera, Host  # noqa: PLC0415 - a host has no register, and starts sooner without

    found = {}
    for host in cameras:
        camera = estate.devices[host]
        if not isinstance(camera, Camera):
            raise KeyError(host)
        start = camera.installed_on
        found[host] = Promise(
            name=camera.name,
            code=camera.code,
            point_class=camera.point_class,
            days=estate.plan.retention_days(camera.unit, camera.point_class),
            vehicle=camera.nvr if isinstance(estate.devices.get(camera.nvr), Host) else "",
            since=int(datetime.combine(start, time(), UTC).timestamp()) if start else 0,
        )
    return found


def _mistakes(path: Path, config: RecordingConfig) -> list[Finding]:
    marks = config.watermarks
    found = [
        Finding(
            str(path),
            0,
            f"cameras.{host}",
            host,
            "is no host name of a camera",
            "for example shangtang-cam0007",
        )
        for host in config.cameras
        if not is_camera(host)
    ]
    if not marks.keep < marks.start < marks.stop:
        shown = f"{marks.keep}, {marks.start}, {marks.stop}"
        found.append(Finding(str(path), 0, "watermarks", shown, "are out of order", "keep < start < stop"))
    return found


def _shown(value: object) -> str:
    return value if isinstance(value, str) else repr(value)[:80]
