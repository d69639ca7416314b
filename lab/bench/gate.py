"""The gate at 100 and 300 cameras beside a relay that knows nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from lab.bench.processes import cameras, cpu, free_port, held_by_gate, pss_mib, streams
from lab.bench.report import Figure, show

#: As the role's unit has it; the relay gets it too.
_MALLOC = {
    "MALLOC_TRIM_THRESHOLD_": "536870912",
    "MALLOC_MMAP_THRESHOLD_": "4194304",
    "MALLOC_TOP_PAD_": "16777216",
}


def bench(folder: Path, counts: Iterable[int] = (100, 300)) -> None:
    """Measure the gate at each number of cameras."""
    figures = []
    os.environ.update(_MALLOC)
    with cameras(folder) as source:
        for count in counts:
            ours, memory = _relayed(folder, count, source, gate=True)
            floor, floor_memory = _relayed(folder, count, source, gate=False)
            name = "relay that copies bytes"
            figures += [
                Figure(f"{count} cameras: CPU per camera", "ms/s", ours, floor, name, "<= 1.0"),
                Figure(
                    f"{count} cameras: memory, group of pictures included", "MiB", memory, floor_memory, name
                ),
            ]
    show("Gate: 1080p25 at 3 Mbit/s, one reader per camera", figures)


def _relayed(folder: Path, count: int, source: int, *, gate: bool) -> tuple[float, float]:
    port = free_port()
    with ExitStack() as stack:
        if gate:
            pid = stack.enter_context(held_by_gate(folder, count, port, source))
        else:
            pid = stack.enter_context(streams(folder, "relay", count, port, source))
        what = "gate-readers" if gate else "relay-readers"
        stack.enter_context(streams(folder, what, count, port, source))
        used = cpu([pid])
        return used * 1000 / count, pss_mib([pid])
