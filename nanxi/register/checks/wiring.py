"""Switch ports: named together with their switch, there on its front, not its uplink, and no switch hangs on itself."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.register.checks.rule import View, place, rule
from nanxi.register.model import Device, Switch
from nanxi.register.ports import number, port

Found = Iterator[tuple[Device, str, str, str]]


def _wired(view: View) -> Iterator[tuple[Device, Switch]]:
    for device in view.live:
        if device.switch_port and isinstance(switch := view.by_host.get(device.switch), Switch):
            yield device, switch


@rule("port-missing")
def port_missing(view: View) -> Found:
    """Switch and port say something only together."""
    for device in view.live:
        if isinstance(view.by_host.get(device.switch), Switch) and not device.switch_port:
            yield (
                device,
                "switch_port",
                f"which port of {device.switch}?",
                "a name such as GigabitEthernet0/0/1",
            )
        elif device.switch_port and not device.switch:
            yield (
                device,
                "switch",
                f"port {device.switch_port} of which switch?",
                "name it, or empty the port",
            )


@rule("port-range")
def port_range(view: View) -> Found:
    """A switch has no more ports than its row says."""
    for device, switch in _wired(view):
        place_on_front = number(device.switch_port)
        if place_on_front is None:
            problem = "no switch names a port so"
            yield (
                device,
                "switch_port",
                problem,
                f"as {switch.host} prints it, for example {switch.uplink or 'GE0/0/1'}",
            )
        elif not 0 < place_on_front <= switch.ports:
            problem = f"{switch.host} has {switch.ports} ports"
            yield device, "switch_port", problem, f"1 to {switch.ports}, or mend {place(switch)}"


@rule("port-uplink")
def port_uplink(view: View) -> Found:
    """A device on the uplink would cut off everything behind the switch, and the switch itself."""
    for device, switch in _wired(view):
        if switch.uplink and port(device.switch_port) == port(switch.uplink):
            yield device, "switch_port", f"the uplink of {place(switch)}", "another port of the switch"


@rule("uplink-name")
def uplink_name(view: View) -> Found:
    """The uplink is a port."""
    for device in view.live:
        if isinstance(device, Switch) and device.uplink and number(device.uplink) is None:
            yield device, "uplink", "no switch names a port so", "a name such as GigabitEthernet0/0/24"


@rule("switch-circle")
def switch_circle(view: View) -> Found:
    """A switch that hangs on itself, directly or through others, hangs on nothing."""
    for device in view.live:
        seen, above = {device.host}, view.by_host.get(device.switch)
        while isinstance(device, Switch) and isinstance(above, Switch):
            if above.host == device.host:
                yield device, "switch", "this switch hangs on itself", "the switch that its uplink leads to"
            if above.host in seen:
                break
            seen.add(above.host)
            above = view.by_host.get(above.switch)
