"""Recorders killed at random instants: how many of the pictures that had reached them can be read afterwards (R1).

Many run at once, each fed picture by picture through a pipe of its own, so that it is known which picture was the last
that ffmpeg had taken when it was killed. What it does with them is the recorder's own command.
"""

from __future__ import annotations

import fcntl
import os
import random
import subprocess
import termios
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from nanxi.recorder.command import Run, Source, command, environment
from nanxi.recorder.config import CameraPlan, RecorderConfig
from nanxi.recording import names
from nanxi.recording.transport import pictures

CAMERA = "shangtang-cam0001"
RATE, GOP, SECONDS = 25, 25, 6
#: Bits per second: a camera's main and sub stream.
RATES = {"main": 4_000_000, "sub": 100_000}
_SIZES = {"main": "1280x720", "sub": "352x288"}
#: No one is killed before it had three seconds of pictures: of a thin stream ffmpeg reads so many from a pipe before it
#: knows what it is and opens its first file. (From the gate it is told by the stream's description.)
_FIRST = 3 * RATE
_DRAIN_S = 20.0


@dataclass(slots=True)
class Killed:
    """One recorder: how many pictures it had taken, and how many ffprobe reads. ``unreadable`` is what ffprobe said."""

    session: str
    fed: int
    read: int = 0
    unreadable: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """How many pictures are lost."""
        return self.fed - self.read


def film(folder: Path, stream: str) -> Path:
    """Make a transport stream of constant rate in ``folder``, as a camera sends it."""
    path, rate = folder / f"{stream}.ts", RATES[stream]
    subprocess.run(
        ["/usr/bin/ffmpeg", "-nostdin", "-y", "-loglevel", "error",
         "-f", "lavfi", "-i", f"testsrc2=size={_SIZES[stream]}:rate={RATE}:duration={SECONDS}",
         "-c:v", "libx264", "-preset", "ultrafast", "-b:v", str(rate), "-minrate", str(rate), "-maxrate", str(rate),
         "-bufsize", str(rate), "-x264-params", f"nal-hrd=cbr:keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes=0",
         "-muxdelay", "0", "-f", "mpegts", str(path)],
        check=True, timeout=120,
    )  # fmt: skip
    return path


def kill_some(source: Path, folder: Path, count: int, seed: int) -> list[Killed]:
    """Record ``source`` ``count`` times at once into ``folder``, kill each at a random picture, and read what is left."""
    chance = random.Random(seed)
    frames = _frames(source)
    names.prepare(folder, CAMERA, datetime.now(UTC))
    doomed = [Killed(f"{seed:04x}{at:04x}", chance.randrange(_FIRST, len(frames))) for at in range(count)]
    running = {one.session: _start(folder, one.session) for one in doomed}
    try:
        for number, frame in enumerate(frames, 1):
            for one in doomed:
                if number <= one.fed:
                    _feed(running[one.session], frame)
            for one in doomed:
                if number == one.fed:
                    _drain(running[one.session])
                    time.sleep(chance.uniform(0, 0.01))
                    running[one.session].kill()
    finally:
        for process in running.values():
            process.kill()
            process.wait()
            if process.stdin:
                process.stdin.close()
    for one in doomed:
        for file in sorted(folder.glob(f"{CAMERA}/*/*_{one.session}*.ts")):
            found, said = _read(file)
            one.read += found
            one.unreadable += said
    return doomed


def _frames(source: Path) -> list[bytes]:
    data = source.read_bytes()
    begins = [picture.at for picture in pictures(source)]
    return [data[begin:end] for begin, end in zip([0, *begins[1:]], [*begins[1:], len(data)], strict=True)]


def _start(folder: Path, session: str) -> subprocess.Popen[bytes]:
    config = RecorderConfig({CAMERA: CameraPlan(folder)})
    arguments = command(
        config, CAMERA, config.cameras[CAMERA], Source("H264", ""), Run(session, True, (5, 1))
    )
    behind = arguments[arguments.index("-i") + 2 :]
    probing = ["-probesize", "8192", "-analyzeduration", "100000", "-fpsprobesize", "0"]
    return subprocess.Popen(
        [config.ffmpeg, *probing, "-f", "mpegts", "-i", "pipe:0", *behind],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
        env=environment(dict(os.environ)),
    )


def _feed(process: subprocess.Popen[bytes], frame: bytes) -> None:
    assert process.stdin is not None
    view = memoryview(frame)
    while view:
        view = view[process.stdin.write(view) :]


def _drain(process: subprocess.Popen[bytes]) -> None:
    """Wait until it has taken everything that was fed: what lies in the pipe has not reached it."""
    assert process.stdin is not None
    until = time.monotonic() + _DRAIN_S
    while time.monotonic() < until:
        left = fcntl.ioctl(process.stdin.fileno(), termios.FIONREAD, b"\0" * 4)
        if not int.from_bytes(left, "little"):
            return
        time.sleep(0.001)
    raise RuntimeError(f"ffmpeg took nothing for {_DRAIN_S} s")


def _read(file: Path) -> tuple[int, list[str]]:
    """Return how many pictures ffprobe finds, and what it complains of."""
    done = subprocess.run(
        ["/usr/bin/ffprobe", "-v", "error", "-select_streams", "v", "-count_packets",
         "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", str(file)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    found = done.stdout.split()
    return (int(found[0]) if found else 0), [f"{file.name}: {line}" for line in done.stderr.splitlines()]
