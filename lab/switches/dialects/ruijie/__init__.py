"""Ruijie RGOS on access switches."""

from lab.switches.dialects.ruijie.ruijie import Ruijie

__all__ = ["Ruijie"]
