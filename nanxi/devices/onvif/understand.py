"""What a reply means: its content, or the typed error that it stands for (pure)."""

from __future__ import annotations

from typing import TypeVar

from nanxi.devices.driver import Secret
from nanxi.devices.errors import DeviceError, FaultError, HostileError, NotSupportedError, RefusedError
from nanxi.devices.http.connection import Reply
from nanxi.devices.http.pages import is_html, words
from nanxi.devices.onvif import soap
from nanxi.devices.onvif.request import Request
from nanxi.devices.values import local_name

T = TypeVar("T")


def understand(request: Request[T], reply: Reply, *, trusted: bool, secrets: tuple[Secret, ...]) -> T:
    """Return what the reply says.

    Args:
        request: what was asked.
        reply: the whole HTTP reply.
        trusted: the credential has worked in this session, so a refusal of unclear words is not one of it.
        secrets: passwords that the device may echo and nobody may see.

    Raises:
        DeviceError: a refusal, a fault, or something that is no reply.
    """
    if reply.status in (404, 405, 501):
        raise NotSupportedError(
            f"nothing answers at the {request.service.name} service (HTTP {reply.status})"
        )
    try:
        content = soap.open_body(reply.body)
    except HostileError as error:
        raise _not_soap(request, reply, error, trusted=trusted, secrets=secrets) from None
    if isinstance(content, soap.Fault):
        fault = content.without(secrets)
        raise soap.fault_error(fault, reply.status, trusted=trusted)
    if reply.status >= 400:
        raise FaultError(f"answered HTTP {reply.status}")
    if (said := local_name(content)) != f"{request.operation}Response":
        raise HostileError(f"answered {said!r} to {request.operation}")
    return request.decode(content)


def _not_soap(
    request: Request[T], reply: Reply, error: HostileError, *, trusted: bool, secrets: tuple[Secret, ...]
) -> DeviceError:
    """Return what a reply without SOAP means; the caller has found that it is none."""
    if reply.status in (401, 403):
        said = soap.Fault("", (), f"HTTP {reply.status} {words(reply.body)}".strip())
        return soap.refusal(str(said.without(secrets)))
    if reply.status == 400 and not trusted:  # O9: not offline, but sign-in or format
        return RefusedError("the sign-in or its format was refused (HTTP 400)")
    if reply.status >= 400:
        return FaultError(f"answered HTTP {reply.status} without a SOAP fault")
    if trusted and is_html(reply.body):
        return NotSupportedError(f"answered a web page to {request.operation}")
    return HostileError(f"{error} (to {request.operation})")
