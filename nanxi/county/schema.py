"""JSON schemas of the plan's files, generated from the models, for editors that check while one types."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from nanxi.county.load import FILES
from nanxi.files import write_atomically


def schemas() -> dict[str, str]:
    """Return file name -> JSON text of the schema of every plan file."""
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema"} | adapter.json_schema(),
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
        for name, adapter in FILES.items()
    }


def write(folder: Path) -> None:
    """Write every schema into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        write_atomically(folder / name, text)


if __name__ == "__main__":
    write(Path(sys.argv[1]))
