"""Compare declared and actual state (pure, the same for every driver)."""

from __future__ import annotations

from nanxi.devices.state import Aspect, CameraState, Change, DeclaredCamera


def plan(
    declared: DeclaredCamera,
    actual: CameraState,
    aspects: frozenset[Aspect],
    *,
    change_network: bool = False,
) -> tuple[Change, ...]:
    """Return every difference in ``aspects``, in the order in which it is to be applied."""
    raise NotImplementedError
