"""H3C Comware 7 on access switches."""

from lab.switches.dialects.comware.comware import Comware

__all__ = ["Comware"]
