"""Any ONVIF operation by name, for the long tail that the driver has no class for.

onvif-zeep's WSDLs and zeep build the request and read the reply; our own client carries them, so the sign-in, the
lock-out guard, the limits and the register's address are the same as on the fleet path. onvif-zeep's own client is
not used: it follows advertised addresses, never times out, knows no HTTP Digest, and its import changes the
process (O10, O19, O22).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from lxml import etree
from zeep import Client as Wsdl
from zeep import Settings
from zeep.exceptions import Error as ZeepError
from zeep.helpers import serialize_object

from nanxi.devices.driver import Target
from nanxi.devices.errors import FaultError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.onvif.session import OnvifSession
from nanxi.devices.values import Element

#: The console's names of the services -> WSDL and binding. Media2 has no WSDL in onvif-zeep.
SERVICES: Mapping[str, tuple[Service, str, str]] = {
    "device": (Service.DEVICE, "devicemgmt", "DeviceBinding"),
    "media": (Service.MEDIA, "media", "MediaBinding"),
    "imaging": (Service.IMAGING, "imaging", "ImagingBinding"),
    "ptz": (Service.PTZ, "ptz", "PTZBinding"),
    "events": (Service.EVENTS, "events", "EventBinding"),
    "deviceio": (Service.DEVICEIO, "deviceio", "DeviceIOBinding"),
    "analytics": (Service.ANALYTICS, "analytics", "AnalyticsEngineBinding"),
    "receiver": (Service.RECEIVER, "receiver", "ReceiverBinding"),
    "recording": (Service.RECORDING, "recording", "RecordingBinding"),
    "search": (Service.SEARCH, "search", "SearchBinding"),
    "replay": (Service.REPLAY, "replay", "ReplayBinding"),
}


def operations(service: str) -> list[str]:
    """Return the names of a service's operations."""
    return sorted(_binding(service)[1].all())


async def call(
    target: Target, guard: LockoutGuard, service: str, operation: str, arguments: Mapping[str, Any]
) -> Any:
    """Call one operation and return its reply as plain data.

    Args:
        target: the device.
        guard: the host's lock-out guard.
        service: a key of ``SERVICES``.
        operation: its name, for example ``GetImagingSettings``.
        arguments: by name, nested as the WSDL has them.

    Raises:
        FaultError: no such operation, arguments that do not fit, a device that may only be read, or a fault.
        DeviceError: anything else that went wrong.
    """
    if operation not in operations(service):
        raise FaultError(f"the service {service} has no operation {operation}")
    if not (target.may_write or operation.startswith("Get")):
        raise FaultError(f"the register lets us only watch {target.host}; {operation} is not sent")
    wsdl, binding = _binding(service)
    try:
        message = wsdl.create_message(_proxy(wsdl, binding), operation, **arguments)
    except (ZeepError, TypeError, ValueError) as error:
        raise FaultError(f"the arguments do not fit {operation}: {error}") from None
    session = await OnvifSession.open(target, guard)
    try:
        request = _request(SERVICES[service][0], operation, message)
        reply = await session.ask(request)
    finally:
        await session.close()
    return serialize_object(binding.get(operation).process_reply(reply), dict)  # type: ignore[no-untyped-call]


def _request(service: Service, operation: str, message: Element) -> Request[Element]:
    """Return a request of our own kind around the body that zeep built."""
    content = message.find("{*}Body")
    body = etree.tostring(content[0], encoding="unicode") if content is not None and len(content) else ""

    class Raw(Request[Element]):
        repeatable = operation.startswith("Get")

        def body(self) -> str:
            return body

        def decode(self, reply: Element) -> Element:
            return reply.getroottree().getroot()  # zeep reads whole envelopes

    Raw.service, Raw.operation = service, operation
    return Raw()


@cache
def _binding(service: str) -> tuple[Any, Any]:
    """Return the parsed WSDL and its binding; half a second, once."""
    _, stem, name = SERVICES[service]
    spec = find_spec("onvif")  # found, not imported (O22)
    assert spec is not None, "onvif-zeep is in requirements.txt"
    file = Path(str(spec.origin)).parents[1] / "wsdl" / f"{stem}.wsdl"
    wsdl = Wsdl(str(file), settings=Settings(strict=False, forbid_dtd=True))  # type: ignore[no-untyped-call]
    return wsdl, next(binding for binding in wsdl.wsdl.bindings.values() if binding.name.localname == name)


def _proxy(wsdl: Any, binding: Any) -> Any:
    return wsdl.create_service(
        binding.name.text, "http://register.invalid/"
    )  # only to build; nothing is sent there
