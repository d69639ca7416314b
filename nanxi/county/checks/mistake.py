"""A broken rule of the plan, before the loader adds file and line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """A broken rule; ``path`` leads to the field in ``<file>.yml``."""

    file: str
    path: tuple[str | int, ...]
    found: str
    problem: str
    remedy: str


def repeated(values: Iterable[str]) -> list[str]:
    """Return the values that stand more than once, sorted."""
    return sorted(value for value, count in Counter(values).items() if count > 1)
