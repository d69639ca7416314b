"""The three verdicts of acceptance. A pass needs evidence: what was not measured is still collecting."""

from __future__ import annotations

from enum import StrEnum


class Verdict(StrEnum):
    """What a check says of one thing."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    COLLECTING = "collecting"  # not measured yet, or not in a way that proves anything
