"""``python -m nanxi.recorder.units``: let systemd run a recorder for exactly the cameras of the configuration.

One call for all of them: a task per camera would take a quarter of a second each. A camera whose plan changed is the only
one that starts anew. What was applied last is kept, so that an interrupted run is completed by the next one.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nanxi.files import write_atomically
from nanxi.findings import InputError
from nanxi.recorder.config import CameraPlan, RecorderConfig, load

_WANTS = Path("/etc/systemd/system/multi-user.target.wants")
_APPLIED = Path("/var/lib/nanxi-recorder/applied.json")
_PREFIX, _SUFFIX = "nanxi-recorder@", ".service"


class Steps(NamedTuple):
    """What systemd must be told, by camera."""

    disable: tuple[str, ...]
    enable: tuple[str, ...]
    restart: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.disable or self.enable or self.restart)


def decide(wanted: Mapping[str, str], enabled: frozenset[str], applied: Mapping[str, str]) -> Steps:
    """Return what differs; ``wanted`` and ``applied`` are cameras with a fingerprint of how they are recorded."""
    return Steps(
        tuple(sorted(enabled - wanted.keys())),
        tuple(sorted(wanted.keys() - enabled)),
        tuple(sorted(camera for camera in enabled & wanted.keys() if applied.get(camera) != wanted[camera])),
    )


def fingerprints(config: RecorderConfig) -> dict[str, str]:
    """Return what a camera's recorder depends on, as text."""
    common = config._replace(cameras={})
    return {
        camera: json.dumps([_plain(common), _plain(plan)], default=str)
        for camera, plan in config.cameras.items()
    }


def enabled(wants: Path = _WANTS) -> frozenset[str]:
    """Return the cameras whose unit is enabled."""
    links = wants.glob(f"{_PREFIX}*{_SUFFIX}")
    return frozenset(link.name.removeprefix(_PREFIX).removesuffix(_SUFFIX) for link in links)


def main() -> int:
    """Apply, or with ``--check`` only say; prints the steps as JSON, nothing when there are none."""
    parser = argparse.ArgumentParser(prog="python -m nanxi.recorder.units", description=__doc__)
    parser.add_argument("--config", type=Path, metavar="FILE")
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    try:
        wanted = fingerprints(load(arguments.config))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    try:
        applied = json.loads(_APPLIED.read_text())
    except (OSError, ValueError):
        applied = {}
    steps = decide(wanted, enabled(), applied)
    if steps.any:
        print(json.dumps(steps._asdict()))
    if steps.any and not arguments.check:
        _tell("disable", "--now", *steps.disable)
        _tell("enable", "--now", *steps.enable)
        _tell("restart", *steps.restart)
        write_atomically(_APPLIED, json.dumps(wanted), 0o644)
    return 0


def _tell(*words: str) -> None:
    verb = [word for word in words if word in ("disable", "enable", "restart", "--now")]
    cameras = words[len(verb) :]
    if cameras:
        units = [f"{_PREFIX}{camera}{_SUFFIX}" for camera in cameras]
        subprocess.run(["/usr/bin/systemctl", *verb, *units], check=True)  # noqa: S603 - names of the register


def _plain(value: RecorderConfig | CameraPlan) -> dict[str, Any]:
    return value._asdict()


if __name__ == "__main__":
    sys.exit(main())
