"""From the numbers of a picture to scores by defect (pure): 0-59 abnormal, 60 and more normal, 200 not tested."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from statistics import fmean, pstdev
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from nanxi.vqd.measure import HEIGHT, WIDTH, Picture

UNTESTED = 200.0
NORMAL = 60.0
#: Tiles of the small picture, in which structure is looked for.
_TILE = 4
#: Grey levels of spread below which a tile has no structure.
_FLAT = 2.5

Defect = Literal[
    "signal_loss",
    "black",
    "frozen",
    "blurred",
    "dark",
    "bright",
    "colour_cast",
    "snow",
    "occluded",
    "scene_change",
]
DEFECTS: tuple[Defect, ...] = Defect.__args__  # type: ignore[attr-defined]


class Strict(BaseModel):
    """Unknown keys are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Scale(Strict):
    """A line from a value that is as good as it gets to one that is as bad."""

    best: float
    worst: float

    def score(self, value: float) -> float:
        """Return 0 to 100."""
        return round(min(1.0, max(0.0, (value - self.worst) / (self.best - self.worst))) * 100, 1)


class Thresholds(Strict):
    """Scales by day or by night; a defect without one is not tested then."""

    black: Scale
    dark: Scale
    bright: Scale
    blurred: Scale
    colour_cast: Scale | None = None
    snow: Scale
    occluded: Scale
    scene_change: Scale
    frozen: float = Field(ge=0)


class Judgement(Strict):
    """The whole file."""

    night_saturation: float
    day: Thresholds
    night: Thresholds


@cache
def judgement() -> Judgement:
    """Return the thresholds that come with Nanxi."""
    return Judgement(**yaml.safe_load((Path(__file__).parent / "thresholds.yml").read_text("utf-8")))


def is_night(picture: Picture, rules: Judgement) -> bool:
    """Return whether a picture has no colour: a camera in its infrared mode. A dark picture of the day keeps its share."""
    return picture.saturation < rules.night_saturation * max(1.0, picture.brightness - 16)


def scores(
    picture: Picture, before: bytes | None, reference: bytes | None, rules: Judgement | None = None
) -> Mapping[Defect, float]:
    """Return the score of every defect.

    Args:
        picture: as measured.
        before: the small picture of the sample before, None for the first.
        reference: the small picture of how the camera should look, None when nobody set one.
        rules: thresholds; those that come with Nanxi without.
    """
    rules = rules or judgement()
    scale = rules.night if is_night(picture, rules) else rules.day
    found: dict[Defect, float] = dict.fromkeys(DEFECTS, UNTESTED)
    found["signal_loss"] = 100.0
    found["black"] = scale.black.score(picture.black)
    if found["black"] < NORMAL:  # nothing else can be told of a black picture
        return found
    found["dark"] = scale.dark.score(picture.brightness)
    found["bright"] = scale.bright.score(picture.brightness)
    found["snow"] = scale.snow.score(picture.noise)
    if scale.colour_cast is not None:
        found["colour_cast"] = scale.colour_cast.score(picture.cast)
    if (
        min(found["dark"], found["bright"]) >= NORMAL
    ):  # what is too dark or too bright shows no structure either
        found["occluded"] = scale.occluded.score(structureless(picture.small))
    # Noise has the sharpest edges of all, and a covered lens has none: neither says anything about focus.
    if picture.blur is not None and min(found["snow"], found["occluded"]) >= NORMAL:
        found["blurred"] = scale.blurred.score(picture.blur)
    if before is not None:
        found["frozen"] = 0.0 if difference(picture.small, before) <= scale.frozen else 100.0
    if reference is not None:
        found["scene_change"] = scale.scene_change.score(likeness(picture.small, reference))
    return found


def lost() -> Mapping[Defect, float]:
    """Return the scores of a camera that gives no picture."""
    found: dict[Defect, float] = dict.fromkeys(DEFECTS, UNTESTED)
    found["signal_loss"] = 0.0
    return found


def structureless(small: bytes) -> float:
    """Return the share of tiles without structure, 0 to 1."""
    tiles = [
        [small[(top + row) * WIDTH + left + column] for row in range(_TILE) for column in range(_TILE)]
        for top in range(0, HEIGHT, _TILE)
        for left in range(0, WIDTH, _TILE)
    ]
    return fmean(pstdev(tile) < _FLAT for tile in tiles)


def difference(one: bytes, other: bytes) -> float:
    """Return the mean difference of two small pictures in grey levels."""
    return fmean(abs(a - b) for a, b in zip(one, other, strict=True))


def likeness(one: bytes, other: bytes) -> float:
    """Return how alike the edges of two small pictures are, -1 to 1: light changes through the day, walls do not."""
    a, b = _edges(one), _edges(other)
    scale = (sum(x * x for x in a) * sum(y * y for y in b)) ** 0.5
    return sum(x * y for x, y in zip(a, b, strict=True)) / scale if scale else 0.0


def _edges(small: bytes) -> list[int]:
    across = [
        small[row * WIDTH + column + 1] - small[row * WIDTH + column]
        for row in range(HEIGHT)
        for column in range(WIDTH - 1)
    ]
    down = [
        small[(row + 1) * WIDTH + column] - small[row * WIDTH + column]
        for row in range(HEIGHT - 1)
        for column in range(WIDTH)
    ]
    return across + down
