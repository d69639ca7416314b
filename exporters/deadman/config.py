"""The switch's configuration file, strict; ``exporters/deadman.example.yml`` has every option with its meaning."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field

from exporters.config import Seconds, Strict, validated
from nanxi.findings import Finding, InputError

BeatName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]


class BeatConfig(Strict):
    """One path by which the monitoring shows that it lives."""

    within_s: Seconds = Field(default=240.0, description="longer without a new beat: it is dead")


class DeadmanConfig(Strict):
    """The whole file."""

    beats: dict[BeatName, BeatConfig] = Field(min_length=1)
    notify: tuple[str, ...] = Field(
        min_length=1, description="command that tells a person; text on its input"
    )
    notify_timeout_s: Seconds = 60.0
    retry_s: Seconds = Field(default=30.0, description="until the command ends well")
    repeat_s: Seconds = Field(default=3600.0, description="while the silence lasts it is told again")
    language: Literal["zh", "en"] = "zh"


def load(path: Path) -> DeadmanConfig:
    """Read the configuration.

    Raises:
        InputError: with every mistake of the file.
    """
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "problem", None) or "not YAML"
        right = "see exporters/deadman.example.yml"
        raise InputError([Finding(str(path), 0, "", "", str(reason), right)]) from None
    return validated(DeadmanConfig, raw, path)
