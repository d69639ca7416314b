"""Pictures of the dashboards for people who have no Grafana at hand: data from a Prometheus, drawn in a browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.boards.__main__ import FOLDER
from lab.dashboards import estate
from lab.dashboards.asking import Board, Span, ask, choices, targets
from lab.dashboards.history import evaluate, fill
from lab.dashboards.prometheus import Prometheus, exporter, prometheus
from lab.dashboards.series import exposition
from lab.dashboards.story import tell

HOURS = 6
STEP_S = 120
ROW_PX = 38  # of Grafana's grid, with the gap
FRAME_PX = 130  # what stands above and below the panels


@contextmanager
def rehearsed(size: int) -> Iterator[Prometheus]:
    """Yield a Prometheus that holds six hours of a county of ``size`` cameras in which things go wrong."""
    now = time.time()
    county = estate.county(size)
    story = tell(county, now)
    series = estate.series(county, story)
    with tempfile.TemporaryDirectory(prefix="nanxi-preview-") as name:
        folder = Path(name)
        steps = range(int(HOURS * 3600 / STEP_S) + 1)
        fill(folder, series, [now - STEP_S * step for step in reversed(steps)])
        start = now - HOURS * 3600
        hours = range(int(estate.MONTH_S / 3600))
        fill(folder, list(estate.months(county, story)), [start - 3600 * hour for hour in reversed(hours)])
        evaluate(folder, start, now, STEP_S)
        with (
            exporter(lambda: exposition(series, time.time())) as port,
            prometheus(folder, port, interval_s=5) as running,
        ):
            yield running


def answers(source: Prometheus, board: Board, wanted: Mapping[str, str], span: Span) -> dict[str, Any]:
    """Return a dashboard with everything that its panels show.

    ``wanted`` chooses the value of a variable where the dashboard offers it; else it is all, or the first.
    """
    values, said = {}, {}
    for name, offered in choices(board, source):
        variable = next(one for one in board["templating"]["list"] if one["name"] == name)
        if variable.get("multi"):
            values[name], said[name] = variable["allValue"], "All"
        else:
            chosen = wanted[name] if wanted.get(name) in offered else next(iter(offered), "")
            values[name], said[name] = chosen, offered.get(chosen, "")
    found: dict[str, Any] = {}
    for panel, target in targets(board):
        found.setdefault(str(panel["id"]), {})[target["refId"]] = ask(source, target, values, span)
    return {
        "board": board, "answers": found, "variables": said, "from": span.start * 1000, "to": span.end * 1000,
        "step": span.step_s * 1000,
    }  # fmt: skip


@dataclass(frozen=True)
class Studio:
    """Where pictures are drawn: the app that esbuild made, the folder of the pictures, the size of the screen.

    ``tall`` cuts a picture to what a screen of that height shows; 0 draws the whole dashboard.
    """

    app: Path
    into: Path
    width: int
    tall: int = 0

    def draw(self, name: str, drawn: Mapping[str, Any]) -> Path:
        """Have headless Chromium draw one dashboard and return the picture."""
        self.into.mkdir(parents=True, exist_ok=True)
        for part in ("preview.js", "preview.css"):
            shutil.copy(self.app / part, self.into / part)
        page = self.into / f"{name}-{self.width}.html"
        picture = page.with_suffix(".png")
        picture.unlink(missing_ok=True)
        data = json.dumps(drawn, ensure_ascii=False).replace("</", "<\\/")
        page.write_text(
            '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="preview.css">'
            f'<div id="root"></div><script>window.PREVIEW={data}</script><script src="preview.js"></script>',
            "utf-8",
        )
        rows = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in drawn["board"]["panels"])
        _photograph(page, picture, self.width, self.tall or rows * ROW_PX + FRAME_PX)
        return picture


def _photograph(page: Path, picture: Path, width: int, height: int) -> None:
    chromium = shutil.which("chromium")
    if not chromium:
        raise RuntimeError("there is no chromium: run `make preview`, which installs it")
    # Root has no user namespace of its own to lock the browser in; the page is ours and fetches nothing.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with tempfile.TemporaryDirectory(prefix="nanxi-chromium-", ignore_cleanup_errors=True) as profile:
        done = subprocess.run(
            [chromium, "--headless=new", *sandbox, "--disable-gpu", "--hide-scrollbars", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", f"--user-data-dir={profile}",
             f"--window-size={width},{height}", "--virtual-time-budget=8000", f"--screenshot={picture}",
             page.as_uri()],
            capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
    if done.returncode or not picture.exists():
        raise RuntimeError(f"chromium drew nothing: {done.stderr[-2000:]}")


def boards(language: str, names: Sequence[str] = ()) -> Iterator[tuple[str, Board]]:
    """Yield the committed dashboards of a language, all or those named."""
    for file in sorted((FOLDER / language).glob("*.json")):
        if not names or file.stem in names:
            yield file.stem, json.loads(file.read_text("utf-8"))
