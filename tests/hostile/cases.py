"""The catalogue: one small file per behaviour in tests/cases/hostile/, and what must come of it."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent.parent / "cases" / "hostile"


@dataclass(frozen=True)
class Case:
    """One hostile camera.

    ``verdict`` are the words that may stand in the closing summary; ``says`` must be in the reason; ``act`` is what
    is done to the camera; ``requests`` is how many it may see at most, so that no answer talks a client into a loop.
    """

    name: str
    title: str
    behaviour: str
    verdict: tuple[str, ...]
    says: str = ""
    act: str = "survey"
    operations: tuple[str, ...] = ()
    options: dict[str, Any] = field(default_factory=dict)
    requests: int = 60


def load(folder: str) -> list[Case]:
    """Return the cases of one folder, by name."""
    return [_read(file) for file in sorted((FOLDER / folder).glob("*.yml"))]


def _read(file: Path) -> Case:
    data = yaml.safe_load(file.read_text("utf-8"))
    verdict = data.pop("verdict")
    return Case(
        name=file.stem,
        verdict=(verdict,) if isinstance(verdict, str) else tuple(verdict),
        operations=tuple(data.pop("operations", ())),
        **data,
    )
