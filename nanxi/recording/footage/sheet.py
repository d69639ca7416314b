"""The contact sheet: pictures spread over a handed-out file, each with the time at which it was taken.

Times are Chinese time (UTC+8), as the recorder host's clock had it; what the camera burned in is the camera's clock.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import ffmpeg as graph

from nanxi.recording.completeness import CST
from nanxi.recording.footage import ffmpeg
from nanxi.recording.footage.evidence import Stretch

SHEET, LABELS = "contact-sheet.jpg", "contact-sheet.txt"
TILES = (6, 4)
#: Debian's fonts-dejavu-core, on which ffmpeg's own packages depend.
FONTS = tuple(
    Path("/usr/share/fonts/truetype/dejavu") / name for name in ("DejaVuSansMono.ttf", "DejaVuSans.ttf")
)
_WIDTH, _LETTERS = 320, 16
#: One filter per stretch; a file of more is pathological, and its times go beside the picture.
_MOST_STRETCHES = 500
_FORMAT = "%Y-%m-%d %H:%M:%S"


def contact_sheet(
    file: Path, duration_s: float, stretches: Sequence[Stretch], folder: Path, fonts: Sequence[Path] = FONTS
) -> list[Path]:
    """Draw the sheet of a finished file into ``folder`` and return what was written.

    Without a font the times are lines of a text file beside it, in the order of the pictures, row by row.

    Raises:
        CutFailedError: with what ffmpeg said.
        OSError: the text file cannot be written.
    """
    step_s = max(duration_s / (TILES[0] * TILES[1]), 0.1)
    font = next((one for one in fonts if one.is_file()), None)
    picture = (
        graph.input(str(file), skip_frame="nokey", **ffmpeg.CLOSED)
        .video.filter("select", rf"isnan(prev_selected_t)+gte(t-prev_selected_t,{step_s:.3f})")
        .filter("scale", _WIDTH, -2)
    )
    labelled = font is not None and len(stretches) <= _MOST_STRETCHES
    if labelled:
        for at, stretch in enumerate(stretches):
            until = stretches[at + 1].offset_s if at + 1 < len(stretches) else 1e9
            picture = picture.filter(
                "drawtext",
                fontfile=str(font),
                # The time of the picture in the file, carried over to the time of the stretch. There is no zone in
                # gmtime, so the hours to it are added.
                text=rf"%{{pts:gmtime:{_wall_of_zero(stretch):.3f}:%Y-%m-%d %H\:%M\:%S}} +08",
                enable=f"gte(t,{stretch.offset_s:.3f})*lt(t,{until:.3f})",
                x=6, y=f"h-{_LETTERS + 8}", fontsize=_LETTERS, fontcolor="white", box=1, boxcolor="black@0.6", boxborderw=4,
            )  # fmt: skip
    picture = picture.filter("tile", f"{TILES[0]}x{TILES[1]}", padding=4, margin=4, color="white")
    output = folder / SHEET
    ffmpeg.run(
        ffmpeg.command(picture.output(str(output), vframes=1, fps_mode="vfr", **{"q:v": 4})),
        ffmpeg.deadline(file.stat().st_size),
    )
    if labelled:
        return [output]
    lines = (f"{number}\t{_label(at, stretches)}\n" for number, at in enumerate(shown(file, step_s), 1))
    (folder / LABELS).write_text("".join(lines), "utf-8")
    return [output, folder / LABELS]


def shown(file: Path, step_s: float) -> list[float]:
    """Return the times in the file, s, of the pictures on its sheet, as ffmpeg's ``select`` above chooses them.

    Raises:
        CutFailedError: with what ffprobe said.
    """
    told = ffmpeg.run(
        ["ffprobe", "-v", "error", "-protocol_whitelist", "file", "-select_streams", "v:0", "-skip_frame", "nokey",
         "-show_entries", "frame=pts_time:format=start_time", "-of", "json", str(file)],
        ffmpeg.deadline(file.stat().st_size),
    )  # fmt: skip
    found = json.loads(told)
    begin = float(found["format"].get("start_time") or 0)
    chosen: list[float] = []
    for frame in found["frames"]:
        at = float(frame["pts_time"]) - begin
        if not chosen or at - chosen[-1] >= step_s:
            chosen.append(at)
    return chosen[: TILES[0] * TILES[1]]


def _wall_of_zero(stretch: Stretch) -> float:
    """Return the seconds that stand for the file's beginning on a stretch's clock, zone included."""
    shift = CST.utcoffset(None)
    assert shift is not None
    return stretch.from_ms / 1000 - stretch.offset_s + shift.total_seconds()


def _label(at_s: float, stretches: Sequence[Stretch]) -> str:
    stretch = next((one for one in reversed(stretches) if one.offset_s <= at_s + 0.001), stretches[0])
    moment = datetime.fromtimestamp(stretch.from_ms / 1000 + at_s - stretch.offset_s, CST)
    return f"{moment.strftime(_FORMAT)} +08"
