"""``python -m lab.dashboards``: draw the dashboards to build/preview (make preview does, and builds the drawing app)."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboards.boards.catalogue import BOARDS
from lab.dashboards.asking import Span, shown
from lab.dashboards.preview import Studio, answers, boards, rehearsed
from lab.dashboards.prometheus import Prometheus

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def _given(url: str) -> Iterator[Prometheus]:
    yield Prometheus(url)


def main() -> int:
    """Draw what is asked for and print where each picture is."""
    parser = argparse.ArgumentParser(prog="python -m lab.dashboards", description=__doc__)
    parser.add_argument("boards", nargs="*", metavar="BOARD", help=f"default: all of {', '.join(BOARDS)}")
    parser.add_argument("--language", action="append", choices=("zh", "en"), help="default: zh")
    parser.add_argument(
        "--prometheus", metavar="URL", help="a running one; default: one filled with a county's six hours"
    )
    parser.add_argument(
        "--minutes", type=float, help="so many minutes until now (default: what each dashboard opens with)"
    )
    parser.add_argument("--size", type=int, default=400, help="cameras of that county")
    parser.add_argument("--unit", default="oubei", help="what the variable unit is set to")
    parser.add_argument("--device", default="oubei-cam0003", help="what the variable device is set to")
    parser.add_argument("--width", type=int, default=1920, help="of the screen, pixels; 3840 is a wall")
    parser.add_argument(
        "--tall", type=int, default=0, help="cut to a screen of that height; default: the whole dashboard"
    )
    parser.add_argument(
        "--app", type=Path, default=ROOT / "build/preview-app", help="where esbuild put the drawing app"
    )
    parser.add_argument("--into", type=Path, default=ROOT / "build/preview")
    options = parser.parse_args()
    unknown = set(options.boards) - set(BOARDS)
    if unknown:
        parser.error(f"no such dashboard: {', '.join(sorted(unknown))}; there are {', '.join(BOARDS)}")
    if not (options.app / "preview.js").is_file():
        parser.error(f"{options.app} holds no drawing app: run `make preview`")
    studio = Studio(options.app, options.into.resolve(), options.width, options.tall)
    wanted = {"unit": options.unit, "device": options.device}
    with _given(options.prometheus) if options.prometheus else rehearsed(options.size) as source:
        for language in options.language or ["zh"]:
            for name, board in boards(language, options.boards):
                now = time.time()
                span = Span(now - options.minutes * 60, now, 15) if options.minutes else shown(board, now)
                drawn = answers(source, board, wanted, span)
                print(studio.draw(f"{name}-{language}", drawn))
    return 0


if __name__ == "__main__":
    sys.exit(main())
