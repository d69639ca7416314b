"""The base of every model that the twin reads from YAML or keeps."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Strict(BaseModel):
    """Immutable, and unknown fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")
