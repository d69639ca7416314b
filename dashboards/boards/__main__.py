"""``python -m dashboards.boards``: write every dashboard in both languages to dashboards/json."""

from __future__ import annotations

from pathlib import Path

from dashboards.boards.catalogue import files
from nanxi.files import write_atomically

FOLDER = Path(__file__).resolve().parents[1] / "json"

if __name__ == "__main__":
    wanted = files()
    for name, content in wanted.items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(FOLDER / name, content)
    for file in FOLDER.glob("*/*.json"):
        if str(file.relative_to(FOLDER)) not in wanted:
            file.unlink()
