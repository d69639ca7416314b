"""How far a run over switches may go."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.switch.course import TIMER_S


@dataclass(frozen=True, slots=True)
class Terms:
    """How far a run over switches may go.

    Attributes:
        own: sections (``vlan``, ``acl``) from which what is not intended is removed.
        allow_unarmed: change also a switch that cannot take a change back by itself.
        timer_s: seconds that a change has to prove itself, at least.
    """

    own: frozenset[str] = frozenset()
    allow_unarmed: bool = False
    timer_s: float = TIMER_S


DEFAULT_TERMS = Terms()
