"""All dashboards, as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import get_args

from grafana_foundation_sdk.builders.dashboard import Dashboard

from dashboards.boards import assessment, construction, county, device, network, recording, unit
from dashboards.boards.finish import finished, text
from dashboards.boards.pen import Language, Pen

BOARDS: Mapping[str, Callable[[Pen], Dashboard]] = {
    "county": county.board,
    "unit": unit.board,
    "device": device.board,
    "network": network.board,
    "recording": recording.board,
    "construction": construction.board,
    "assessment": assessment.board,
}


def files() -> dict[str, str]:
    """Return path below dashboards/json -> content."""
    return {
        f"{language}/{name}.json": text(finished(board(Pen(language))))
        for language in get_args(Language)
        for name, board in BOARDS.items()
    }
