"""``python -m nanxi.recorder.start CAMERA``: wait for the camera's pictures, then become its ffmpeg.

It replaces itself, so that a recorder is one process of ffmpeg's size; a camera that cannot be had costs a sleeping
process instead of one start after another. Everything that watches is the keeper's, one for the host.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from nanxi.findings import InputError, NanxiError
from nanxi.recorder import refuge
from nanxi.recorder.command import Run, Source, command, environment, pid_file, version_of
from nanxi.recorder.config import CameraPlan, RecorderConfig, load
from nanxi.recording import believed, names
from nanxi.recording.believed import believable

#: Seconds. The gate answers a waiting recorder after so long, so that a gate that died is noticed.
WAIT_S = 60.0
_AGAIN_S = 2.0


class NotRecordingError(NanxiError):
    """This camera cannot be recorded here; systemd tries again."""


def main() -> int:
    """Become ffmpeg; 1 when that cannot be (systemd starts us again), 2 for a wrong configuration."""
    parser = argparse.ArgumentParser(prog="python -m nanxi.recorder.start", description=__doc__)
    parser.add_argument("camera", help="host name, for example shangtang-cam0007")
    parser.add_argument("--config", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    try:
        config = load(arguments.config)
        plan = config.cameras.get(arguments.camera)
        if plan is None:
            raise NotRecordingError(f"{arguments.camera} is not recorded on this host")
        become(config, arguments.camera, plan)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    except (NanxiError, OSError) as error:
        print(f"{arguments.camera}: {error}", file=sys.stderr)
    return 1


def become(config: RecorderConfig, camera: str, plan: CameraPlan) -> None:
    """Wait for pictures and replace this process by ffmpeg.

    Raises:
        NoDiskError: no disk takes pictures.
        OSError: there is no ffmpeg.
    """
    source = wait_for(config, camera)
    index, volumes = _recording(config)
    volume = refuge.choose(plan.volume, volumes, camera, datetime.now(UTC))
    if volume != plan.volume:
        print(f"{camera}: {plan.volume} takes nothing; recording goes to {volume}", file=sys.stderr)
    plan = plan._replace(volume=volume)
    sure = believable(index.with_name(believed.FILE), trust=config.trust_clock)
    run = Run(names.new_session(), sure, _version(config))
    arguments = command(config, camera, plan, source, run)
    pid_file(config.run, camera).write_text(f"{os.getpid()}\n")
    os.execve(arguments[0], arguments, environment(dict(os.environ)))  # noqa: S606 - a list, no shell


def wait_for(config: RecorderConfig, camera: str) -> Source:
    """Sleep until the gate has pictures of a camera, for as long as it takes."""
    question = json.dumps({"ask": "wait", "stream": f"{camera}/main", "seconds": WAIT_S}).encode() + b"\n"
    while True:
        with contextlib.suppress(OSError, ValueError):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asking:
                asking.settimeout(WAIT_S + 10)
                asking.connect(str(config.gate_control))
                asking.sendall(question)
                with asking.makefile("rb") as stream:
                    answer = json.loads(stream.readline(65_536))
            if answer.get("playing"):
                return Source(str(answer.get("codec", "")), str(answer.get("audio", "")))
            if "error" not in answer:
                continue
        time.sleep(_AGAIN_S * random.uniform(0.5, 1.5))  # noqa: S311 - so that 300 do not come at once


def _recording(config: RecorderConfig) -> tuple[Path, list[Path]]:
    """Return where the index lies, and the host's volumes. Read without a schema, as the configuration is."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        told = json.loads(config.recording.read_bytes())
        return Path(told.get("index", believed.DEFAULT_PATH)), [Path(one) for one in told["volumes"]]
    return believed.DEFAULT_PATH, []


def _version(config: RecorderConfig) -> tuple[int, int]:
    """Return ffmpeg's version; 300 starts at once ask the first one's note."""
    note = config.run / "ffmpeg.json"
    stamp = Path(config.ffmpeg).stat().st_mtime_ns
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        known = json.loads(note.read_text())
        if known["stamp"] == stamp:
            return int(known["version"][0]), int(known["version"][1])
    done = subprocess.run([config.ffmpeg, "-version"], capture_output=True, text=True, timeout=20, check=True)  # noqa: S603
    version = version_of(done.stdout)
    draft = note.with_suffix(f".{os.getpid()}.new")
    draft.write_text(json.dumps({"stamp": stamp, "version": version}))
    draft.replace(note)
    return version


if __name__ == "__main__":
    sys.exit(main())
