"""Every hostile RTSP server of tests/cases/hostile/rtsp/ beside two healthy cameras, all behind one gate.

``python -m tests.gate.arena OUTPUT [CASE...]`` in a network namespace of its own. The cameras are a process of their own
on port 80, which is where the wiretap of the other arena listens.
"""

import asyncio
import contextlib
import json
import os
import signal
import sys
import tempfile
from base64 import b64encode
from ipaddress import IPv4Address
from pathlib import Path

import uvloop
import yaml

from lab.twin.rtsp.server import RtspServer
from lab.twin.rtsp.traits import RtspTraits
from nanxi.devices.driver import Credential, Secret
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.rtsp import connection
from nanxi.devices.rtsp.session import StreamTarget
from nanxi.gate.stream import Stream, StreamSpec
from tests.hostile import walls, wiretap
from tests.hostile.cameras import HEALTHY, address, password
from tests.hostile.cases import FOLDER
from tests.support.rtsp import USER, Camera

_PORT = 80
_STALL_S = 6.0
#: A response may take 8 s, and a byte a second is a response for so long; here less, so that nobody waits for it.
_REPLY_S = 6.0
#: Longer than in the field: 170 cameras, most of which pour what they can, keep the gate's process from its timers for
#: up to 5 s on a busy machine (the cameras' process is never late, whichever event loop it has).
_CONNECT_S = 20.0
#: Safety bound; a second or two after the last deadline everything is known.
_RUN_S = 60.0
#: Pictures after which a camera plays, and does not only begin to.
_PLAYS = 50


def main(output: str, *names: str) -> None:
    """Hold every camera for a while and tell what came of each."""
    files = [file for file in sorted((FOLDER / "rtsp").glob("*.yml")) if not names or file.stem in names]
    cases = {file.stem: yaml.safe_load(file.read_text("utf-8"))["traits"] for file in files}
    # Each camera once with sign-in and once without: some lies are only told to who is signed in, others only at once.
    open_ones = {f"{name}-open": {**one, "auth": []} for name, one in cases.items() if "auth" not in one}
    traits = {**{name: {} for name in HEALTHY}, **cases, **open_ones}
    walls.build(address(number) for number in range(len(traits)))
    words = [
        word
        for number in range(len(HEALTHY), len(traits))
        for word in (password(number).encode(), b64encode(f"{USER}:{password(number)}".encode()))
    ]
    ready, told = os.pipe()
    fleet = os.fork()
    if fleet == 0:
        try:
            uvloop.run(_serve(list(traits.values()), told))
        finally:
            os._exit(0)
    os.read(ready, 1)
    try:
        with wiretap.listening(words) as heard, tempfile.TemporaryDirectory() as guard:
            report = uvloop.run(_hold(list(traits), Path(guard)))
    finally:
        os.kill(fleet, signal.SIGTERM)
        os.waitpid(fleet, 0)
    report |= {"heard": sorted(word.decode() for word in heard), "strays": walls.strays()}
    Path(output).write_text(json.dumps(report, default=str))


async def _serve(traits: list[dict], told: int) -> None:
    cameras = {}
    for number, one in enumerate(traits):
        accounts = {USER: password(number)}
        cameras[address(number)] = Camera(rtsp=RtspTraits(**one), accounts=accounts)
    server = RtspServer(cameras.get)
    await server.start((place, _PORT) for place in cameras)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    os.write(told, b".")
    await ended.wait()


async def _hold(names: list[str], guard: Path) -> dict:
    mistakes: list[str] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: mistakes.append(repr(context)))
    shared = LockoutGuard(guard)
    connection.REPLY_S, connection.CONNECT_S = _REPLY_S, _CONNECT_S
    streams = {}
    for number, name in enumerate(names):
        login = Credential(USER, Secret(password(number)))
        target = StreamTarget(name, IPv4Address(address(number)), _PORT, "/sub", login)
        streams[name] = Stream(StreamSpec(target, "main", True, _STALL_S, 4 << 20), shared)
    before = _forget_peak()
    for stream in streams.values():
        stream.start()
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_RUN_S):
            while not all(map(_known, streams.values())):  # noqa: ASYNC110 - the streams tell nobody
                await asyncio.sleep(0.2)
    report = {
        "bytes": _status("VmHWM") - before,
        "cases": {name: _found(stream) for name, stream in streams.items()},
    }
    await asyncio.gather(*(stream.stop() for stream in streams.values()))
    return report | {"mistakes": mistakes[:20]}


def _known(stream: Stream) -> bool:
    totals = stream.totals
    return bool(totals.failures) or totals.pictures > _PLAYS


def _found(stream: Stream) -> dict:
    totals = stream.totals
    return {
        "playing": stream.playing,
        "causes": {str(cause): count for cause, count in totals.failures.items()},
        "reason": stream.reason,
        "pictures": totals.pictures,
        "group": stream.group_bytes,
    }


def _forget_peak() -> int:
    Path("/proc/self/clear_refs").write_text("5")
    return _status("VmRSS")


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) * 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
