"""Huawei VRP on access switches: S-series V200 in immediate mode, VRP8 in two phases by a trait."""

from lab.switches.dialects.vrp.vrp import Vrp

__all__ = ["Vrp"]
