"""Behaviours of devices that are broken or mean, by name: one module per family, one function per behaviour."""

from lab.twin.hostile import plain  # noqa: F401 - registers its behaviours
from lab.twin.hostile.registry import BEHAVIOURS, Encounter, behaviour, meet

__all__ = ["BEHAVIOURS", "Encounter", "behaviour", "meet"]
