"""R1: recorders killed at random instants, at a main and at a sub stream's rate: pictures lost, files unreadable."""

from __future__ import annotations

from pathlib import Path
from statistics import mean

from lab.bench.report import Figure, show
from lab.faults import kills

_AT_ONCE = 20


def bench(folder: Path, count: int) -> None:
    """Kill ``count`` recorders at each rate and print what was lost."""
    for stream, rate in kills.RATES.items():
        source = kills.film(folder, stream)
        (folder / stream).mkdir()
        killed = [
            one
            for seed, begin in enumerate(range(0, count, _AT_ONCE))
            for one in kills.kill_some(source, folder / stream, min(_AT_ONCE, count - begin), seed)
        ]
        lost = [one.lost for one in killed]
        hold = f"<= {kills.GOP} (1 s)"
        show(
            f"Kills: {count} SIGKILLs of recorders at {rate / 1e6:.1f} Mbit/s, pictures lost of those that had arrived",
            [
                Figure("worst", "pictures", max(lost), hold=hold),
                Figure("on average", "pictures", mean(lost)),
                Figure(
                    "recorders without a readable picture", "", sum(not one.read for one in killed), hold="0"
                ),
                Figure("complaints of ffprobe", "", sum(len(one.unreadable) for one in killed), hold="0"),
            ],
        )
        for one in killed:
            for said in one.unreadable[:1]:
                print(said)
