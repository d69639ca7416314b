"""From the SDK's model to the JSON that is committed: panel ids, no junk, one order of keys."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

#: What the SDK writes for variables that are no intervals.
_JUNK = ("auto", "auto_count", "auto_min")


def finished(board: Dashboard) -> dict[str, Any]:
    """Return the dashboard as Grafana takes it.

    The SDK gives panels no ids, and links to a panel need one. It is made from the panel's title and type, so that a
    panel that is moved keeps its links.

    Raises:
        ValueError: two panels of the dashboard have one title and type.
    """
    made: dict[str, Any] = json.loads(json.dumps(board.build(), cls=JSONEncoder))
    taken: set[int] = set()
    for panel in panels(made):
        panel["id"] = zlib.crc32(f"{panel['type']}:{panel.get('title', '')}".encode()) % 1_000_000 + 1
        if panel["id"] in taken:
            raise ValueError(f"two panels are called {panel.get('title')!r}")
        taken.add(panel["id"])
    for mark in made.get("annotations", {}).get("list", ()):
        # Options of the Prometheus data source, which the SDK's model of annotations does not have.
        mark |= {"titleFormat": "{{device}} {{trap}}", "step": "60s"}
    for variable in made.get("templating", {}).get("list", ()):
        for name in _JUNK:
            variable.pop(name, None)
    return made


def panels(board: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every panel, rows and what is in them included."""
    for panel in board["panels"]:
        yield panel
        yield from panel.get("panels", ())


def text(board: dict[str, Any]) -> str:
    """Return the file's content."""
    return json.dumps(board, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
