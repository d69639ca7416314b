"""Load the catalogue of metrics from the YAML files beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

#: Labels of every series that is about one device. ``class`` is empty for what has none (switches, hosts).
IDENTITY = ("device", "kind", "unit", "class", "network")


class SignalError(ValueError):
    """A module emits something that the catalogue does not have."""


class Signal(BaseModel):
    """One metric. ``of: device`` puts the identity labels in front of ``labels``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^nanxi_[a-z0-9_]+$")
    type: Literal["gauge", "counter", "info"]
    of: Literal["device", "none"] = "none"
    labels: tuple[str, ...] = ()
    zh: str = Field(description="what people read on dashboards")
    help: str
    module: str

    @property
    def all_labels(self) -> tuple[str, ...]:
        """Names of all labels, in the order in which they are exposed."""
        return (*IDENTITY, *self.labels) if self.of == "device" else self.labels

    @property
    def exposed_type(self) -> str:
        """The type in Prometheus's text format, which has no info."""
        return "gauge" if self.type == "info" else self.type


def load(folder: Path) -> Mapping[str, Signal]:
    """Return the signals of every file in ``folder``, by name.

    Raises:
        SignalError: a name stands twice.
    """
    signals: dict[str, Signal] = {}
    for file in sorted(folder.glob("*.yml")):
        for row in yaml.safe_load(file.read_text("utf-8")):
            signal = Signal(module=file.stem, **row)
            if signal.name in signals:
                raise SignalError(f"{file.name}: {signal.name} stands twice")
            signals[signal.name] = signal
    return signals


CATALOGUE = load(Path(__file__).parent)
