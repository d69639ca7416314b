"""Services: WS-Discovery off, declared protocols on, unused ones off."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState

_STATE = {True: "on", False: "off"}


def plan_services(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield what differs; a protocol that the device does not list is none of its services."""
    services = actual.services
    if services is None:
        return
    if services.discoverable is not None and services.discoverable != declared.discoverable:
        yield Change(
            Aspect.SERVICES,
            "services.discovery",
            _STATE[services.discoverable],
            _STATE[declared.discoverable],
        )
    for name, (enabled, _ports) in (services.protocols or {}).items():
        wanted = declared.protocols.get(name, False)
        if enabled != wanted:
            yield Change(Aspect.SERVICES, f"services.{name.lower()}", _STATE[enabled], _STATE[wanted])
