"""What a recorder host is told: ``/etc/nanxi/recorder.json``, rendered by the role. It holds no secret.

It is read by plain ``json`` where a camera's ffmpeg is started: a gate that restarts makes 300 of them start at once, and
a schema costs more than the rest of the start. The role, and the keeper, check it first (``load``).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Literal, NamedTuple

from nanxi.findings import Finding, InputError
from nanxi.recording.names import DEFAULT_SEGMENT_S, LONGEST_SEGMENT_S, is_camera

DEFAULT_PATH = Path("/etc/nanxi/recorder.json")

Audio = Literal["aac", "none"]


class CameraPlan(NamedTuple):
    """How one camera is recorded. Times are seconds."""

    volume: Path
    detect_s: float = 10.0  # ffmpeg ends when nothing came for so long; the gate sees a stall first
    watchdog_s: float = 120.0  # the newest segment did not grow for so long (R2, R11)
    audio: Audio = "aac"


class RecorderConfig(NamedTuple):
    """One host's recorders."""

    cameras: dict[str, CameraPlan]
    gate_address: str = "127.0.0.1"
    gate_port: int = 8554
    gate_control: Path = Path("/run/nanxi-gate/control")
    recording: Path = Path("/etc/nanxi/recording.json")
    run: Path = Path("/run/nanxi-recorder")
    ffmpeg: str = "/usr/bin/ffmpeg"
    segment_s: int = DEFAULT_SEGMENT_S
    home_s: int = (
        300  # so long a camera's own disk must have been back before its recorder leaves another one
    )
    trust_clock: bool = (
        False  # believe the clock without asking the kernel: a container cannot see who sets it
    )


_TOP: dict[str, type] = {
    "gate_address": str, "gate_port": int, "gate_control": str, "recording": str, "run": str, "ffmpeg": str,
    "segment_s": int, "home_s": int, "trust_clock": bool, "cameras": dict,
}  # fmt: skip
_CAMERA: dict[str, type | tuple[type, ...]] = {
    "volume": str, "detect_s": (int, float), "watchdog_s": (int, float), "audio": str,
}  # fmt: skip


def load(path: Path | None = None) -> RecorderConfig:
    """Load a host's file; ``path`` defaults to ``NANXI_RECORDER``, then to ``DEFAULT_PATH``.

    Raises:
        InputError: with every mistake in it, or because it cannot be read.
    """
    path = path or Path(os.environ.get("NANXI_RECORDER") or DEFAULT_PATH)
    try:
        raw = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError([_finding(path, "", f"cannot be read: {error.strerror}")]) from None
    except ValueError as error:
        raise InputError([_finding(path, "", f"is no JSON: {error}")]) from None
    findings = _mistakes(path, raw)
    if findings:
        raise InputError(findings)
    paths = {name: Path(raw[name]) for name in ("gate_control", "recording", "run") if name in raw}
    cameras = {
        host: CameraPlan(**{**one, "volume": Path(one["volume"])}) for host, one in raw.pop("cameras").items()
    }
    return RecorderConfig(cameras, **{**raw, **paths})


def _mistakes(path: Path, raw: Any) -> list[Finding]:
    if not isinstance(raw, dict):
        return [_finding(path, "", "is no object")]
    found = _fields(path, "", raw, _TOP, required="cameras")
    cameras = raw.get("cameras")
    for host, one in cameras.items() if isinstance(cameras, dict) else ():
        where = f"cameras.{host}"
        if not is_camera(host):
            found.append(
                _finding(path, where, "is no host name of a camera", host, "for example shangtang-cam0007")
            )
        elif not isinstance(one, dict):
            found.append(_finding(path, where, "is no object"))
        else:
            found += _fields(path, f"{where}.", one, _CAMERA, required="volume")
            found += _values(path, f"{where}.", one)
    length = raw.get("segment_s", DEFAULT_SEGMENT_S)
    if isinstance(length, int) and not 1 <= length <= LONGEST_SEGMENT_S:
        found.append(
            _finding(path, "segment_s", "is out of range", length, f"1 to {LONGEST_SEGMENT_S} seconds")
        )
    return found


def _values(path: Path, where: str, one: dict[str, Any]) -> list[Finding]:
    found = []
    if isinstance(volume := one.get("volume"), str) and not volume.startswith("/"):
        found.append(_finding(path, f"{where}volume", "is no absolute path", volume))
    if one.get("audio", "aac") not in ("aac", "none"):
        found.append(_finding(path, f"{where}audio", "is unknown", one["audio"], "aac or none"))
    for name, low in (("detect_s", 2), ("watchdog_s", 2)):
        value = one.get(name, low)
        if isinstance(value, int | float) and not isinstance(value, bool) and not low <= value <= 3600:
            found.append(_finding(path, f"{where}{name}", "is out of range", value, f"{low} to 3600 seconds"))
    return found


def _fields(
    path: Path, where: str, raw: dict[str, Any], known: dict[str, Any], required: str
) -> list[Finding]:
    found = [
        _finding(path, f"{where}{name}", "is unknown", "", f"one of {', '.join(known)}")
        for name in raw
        if name not in known
    ]
    if required not in raw:
        found.append(_finding(path, f"{where}{required}", "is missing"))
    for name, kind in known.items():
        value = raw.get(name)
        if name in raw and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            found.append(_finding(path, f"{where}{name}", "is of another type", value))
    return found


def _finding(path: Path, column: str, problem: str, found: object = "", remedy: str = "") -> Finding:
    return Finding(str(path), 0, column, str(found)[:80], problem, remedy, "recorder")
