"""The catalogue of checks: what can be accepted, who demands it and how it is run."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from nanxi.data import read_yaml


class Check(BaseModel):
    """One entry of ``catalogue.yml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    name: str = Field(description="in Chinese, for the report")
    english: str
    source: str = Field(description="document and clause that demand it")
    proves: str = Field(description="what a pass means, in Chinese")
    command: str
    needs: str = Field(description="what must stand ready, in Chinese")


def catalogue() -> dict[str, Check]:
    """Return every check by its key."""
    checks = TypeAdapter(list[Check]).validate_python(read_yaml(Path(__file__).with_name("catalogue.yml")))
    return {check.key: check for check in checks}
