"""From an agent's state to samples (pure).

nanxi_snmp_info{device="county-sw01",...,family="vrp",object_id="1.3.6.1.4.1.2011.2.23.291",...} 1
nanxi_port_up{device="county-sw01",...,port="GigabitEthernet0/0/1"} 1
"""

from __future__ import annotations

from exporters.signals import Samples
from nanxi.devices.snmp.points import SnmpState


def state(samples: Samples, actual: SnmpState) -> None:
    """Tell everything that a poll found; a point's name is its metric's without the prefix."""
    who = actual.identity
    samples.add(
        "nanxi_snmp_info",
        1,
        family=who.family,
        object_id=who.object_id,
        description=who.description,
        software=who.software,
        serial_number=who.serial_number,
    )
    samples.add("nanxi_snmp_requests", actual.requests)
    for problem in actual.problems:
        samples.add("nanxi_snmp_problems", 1, problem=problem)
    for name, labels, value in actual.points:
        samples.add(f"nanxi_{name}", value, **dict(labels))
