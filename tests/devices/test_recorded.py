"""Recorded replies of real devices give a sensible state."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nanxi.devices.onvif import soap
from nanxi.devices.onvif.encoder import assign_roles
from nanxi.devices.onvif.sources import order_of
from nanxi.devices.values import Element
from tests.devices.test_requests import REQUESTS

DATA = Path(__file__).parents[2].parent / "shared/data/onvif"
_BY_OPERATION = {
    (item.service.namespace, f"{item.operation}Response"): item
    for item in REQUESTS
    if item.operation.startswith("Get")
}


def operation_of(content: Element) -> tuple[str, str]:
    namespace, _, name = str(content.tag)[1:].partition("}")
    return namespace, name


def _is_ours(file: Path) -> bool:
    content = soap.open_body(file.read_bytes())
    return isinstance(content, soap.Fault) or operation_of(content) in _BY_OPERATION


FILES = [file for file in sorted(DATA.rglob("*.xml")) if _is_ours(file)]
pytestmark = [
    pytest.mark.recorded,
    pytest.mark.skipif(not FILES, reason="no recordings of real devices at ../shared/data/onvif"),
]


def _sized(profiles: Any) -> bool:
    encoders = assign_roles(profiles, order_of((profile.source for profile in profiles), ()))
    roles = [encoder.role for encoder in encoders if encoder.channel == 1]
    real = all(e.width > 0 and e.height > 0 and e.fps > 0 and e.codec and e.token for e in encoders)
    return bool(encoders) and real and roles.count("main") == 1 and roles.count("sub") <= 1


SENSIBLE: dict[str, Callable[[Any], bool]] = {
    "GetSystemDateAndTime": lambda clock: clock.utc is not None and 2010 < clock.utc.year < 2100,
    "GetDeviceInformation": lambda who: bool(who.manufacturer and who.model and who.firmware),
    "GetServices": lambda found: len(found) >= 2 and all(url.startswith("http") for url in found.values()),
    "GetCapabilities": lambda found: bool(found) and all(url.startswith("http") for url in found.values()),
    "GetProfiles": _sized,
    "GetNetworkInterfaces": lambda one: bool(one.address and one.mac.count("-") == 5 and one.prefix_length),
    "GetNetworkProtocols": lambda found: found["HTTP"][0] and 0 not in found["HTTP"][1],
    "GetNetworkDefaultGateway": lambda gateway: gateway.count(".") == 3,
    "GetUsers": lambda users: any(user.level == "Administrator" for user in users),
    "GetOSDs": lambda found: all(osd.token and osd.kind for osd, _ in found),
    "GetHostname": lambda name: isinstance(name, str),
}


def read_content(file: Path) -> Element | soap.Fault:
    return soap.open_body(file.read_bytes())


@pytest.mark.parametrize(
    "file", FILES, ids=lambda file: f"{file.parent.parent.name}-{file.parent.name}-{file.stem}"
)
def test_recorded(file: Path) -> None:
    content = read_content(file)
    if isinstance(content, soap.Fault):
        assert soap.fault_error(content, 500, trusted=True)
        return
    request = _BY_OPERATION[operation_of(content)]
    found = request.decode(content)
    assert SENSIBLE.get(request.operation, lambda _: True)(found), found
