"""Cisco IOS on access switches, and what Ruijie took over from it."""

from lab.switches.dialects.ios.cisco import Cisco

__all__ = ["Cisco"]
