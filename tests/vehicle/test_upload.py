"""Over real sshd, rsync and rrsync: what a vehicle brings to a depot is there, found, and proved."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from nanxi.recording.closing import sha256
from nanxi.vehicle.link import LinkError
from nanxi.vehicle.visit import Visitor
from tests.vehicle.conftest import CAMERAS, ROOT, recent

pytestmark = pytest.mark.lab


def test_a_vehicle_comes_home(yard, clips):
    start = recent()
    segments = yard.car.record(clips, start)
    link = yard.link(bandwidth_kib=2048)
    total = sum(one.size for one in segments)
    with yard.car.board() as board:
        began = time.monotonic()
        visit = Visitor(board, link, "shangtang").run()
        spent = time.monotonic() - began
        # Printed, not judged: a busy machine is slower than any limit.
        print(
            f"{visit.sent_bytes} bytes sent for {total} of video; limit 2048 KiB/s, {total / spent / 1024:.0f} in all"
        )
        assert visit.sent_bytes < total * 1.02 + 20_000
        assert visit.confirmed == [str(one.name) for one in reversed(segments)]  # the newest first
        assert board.waiting() == []
        assert abs(visit.offset_ms) < 5000
        # Nothing is sent twice, and nothing is believed twice: the second visit asks for proofs again.
        again = Visitor(board, link, "shangtang").run()
        assert (again.confirmed, again.sent_bytes, again.withdrawn) == ([], 0, [])
    for segment in segments:
        assert sha256(yard.station.has()[str(segment.name)]) == segment.sha256
    begin, end = (datetime.fromtimestamp(at, UTC).isoformat() for at in (start, start + 60))
    listed = subprocess.run(
        [sys.executable, "scripts/footage", "--config", str(yard.station.folder / "recording.json"), "--json",
         "list", CAMERAS[0], begin, end],
        cwd=ROOT, capture_output=True, text=True, check=False, env={**os.environ, "NANXI_LANG": "en"},
    )  # fmt: skip
    assert [Path(one["file"]).name for one in json.loads(listed.stdout)] == [
        str(one.name) for one in segments
    ]


def test_a_host_with_another_key_is_no_depot(yard, clips):
    yard.car.record(clips[:1], recent())
    stranger = (yard.car.folder / "key.pub").read_text().strip()
    yard.host_key = stranger
    with yard.car.board() as board, pytest.raises(LinkError, match="Host key verification failed"):
        Visitor(board, yard.link(), "shangtang").run()
    assert yard.station.has() == {}


@pytest.mark.parametrize(
    "command",
    [
        "sh",
        "nanxi-depot; id",
        "rsync --server --sender -e.LsfxCIvu . /etc/passwd",
        "rsync --server --delete -r . ../..",
    ],
)
def test_a_vehicles_key_opens_nothing_else(yard, command):
    link = yard.link()
    ssh = [*yard.board.enter, *link._ssh(), f"root@{link.depot.address}"]
    done = subprocess.run([*ssh, command], input=b"", capture_output=True, check=False, timeout=20)
    assert done.returncode != 0
    assert b"root:" not in done.stdout + done.stderr
    assert b"uid=" not in done.stdout
