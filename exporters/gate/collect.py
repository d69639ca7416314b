"""Collector ``gate``: whether the gate of this host lives, and of how many of its cameras pictures come in.

nanxi_gate_up 1
nanxi_gate_playing_cameras 118
"""

from __future__ import annotations

from exporters.gate.status import GateError, ask
from exporters.services import Services
from exporters.signals import Samples


def collect_gate(services: Services) -> Samples:
    """Give the gate's state, and how many cameras this host records."""
    samples, own = Samples(), services.recorded_here()
    samples.add("nanxi_gate_cameras", len(own))
    assert services.config.gate is not None, "the configuration is checked"
    try:
        found = ask(services.config.gate.control)
    except GateError:
        samples.add("nanxi_gate_up", 0)
        samples.add("nanxi_gate_playing_cameras", 0)
        return samples
    samples.add("nanxi_gate_up", 1)
    playing = {camera for (camera, _), held in found.items() if held.playing}
    samples.add("nanxi_gate_playing_cameras", len(playing & own))
    return samples
