"""Rules between rows, files and plan. Each is a small pure generator under its own name, registered by ``@rule``.

The subjects: :mod:`identity` (what must be unique), :mod:`codes`, :mod:`classes` (the plan's demands and quotas),
:mod:`addresses`, :mod:`references` (encoders, recorders, switches), :mod:`wiring` (switch ports), :mod:`recorders`
(room on their disks) and :mod:`lifecycle` (state, dates, place).
"""

from __future__ import annotations

from collections.abc import Iterable

from nanxi.county.model import Plan
from nanxi.register.checks import (
    addresses,
    classes,
    codes,
    identity,
    lifecycle,
    recorders,
    references,
    wiring,
)
from nanxi.register.checks.rule import RULES, Mistake, View
from nanxi.register.model import Device

__all__ = ["RULES", "Mistake", "View", "check"]

_SUBJECTS = (
    identity,
    codes,
    classes,
    addresses,
    references,
    wiring,
    recorders,
    lifecycle,
)  # importing a subject registers its rules


def check(plan: Plan, devices: Iterable[Device], incomplete: frozenset[str] = frozenset()) -> list[Mistake]:
    """Return every broken rule of a whole register.

    ``incomplete`` names beginnings of host names (``shangtang-sw``) of files in which rows could not be read, so
    that a reference into them is not called wrong as well.
    """
    view = View(plan, list(devices), incomplete)
    return [mistake for checks in RULES.values() for mistake in checks(view)]
