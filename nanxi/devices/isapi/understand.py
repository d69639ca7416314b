"""What a reply means: its document, or the typed error that it stands for (pure).

HTTP's status is not enough: some firmware sends errors under 200. ``ResponseStatus`` tells more: statusCode 1 is OK,
2 busy, 3 device error, 4 invalid operation, 5 and 6 bad XML, 7 restart required (ISAPI, XML_ResponseStatus).
"""

from __future__ import annotations

from collections.abc import Iterable

from nanxi.devices.driver import Secret
from nanxi.devices.errors import (
    DeviceError,
    FaultError,
    HostileError,
    LockedError,
    NotSupportedError,
    RefusedError,
)
from nanxi.devices.http.connection import Reply
from nanxi.devices.http.pages import is_html, words
from nanxi.devices.values import Element, escape, integer, local_name, text
from nanxi.xml import XmlError, parse

_OK = (0, 1, 7)
_RESTART = 7
_BUSY = 2
_ABSENT = frozenset({"notSupport", "notsupport", "methodNotAllowed", "invalidOperation"})
_LONGEST_LOCK_S = 24 * 3600


class BusyError(FaultError):
    """The device has no time now; the same request may do in a moment."""


def understand(reply: Reply, path: str, secrets: Iterable[Secret]) -> Element:
    """Return the document of a reply.

    Args:
        reply: the whole HTTP reply.
        path: the resource, for messages.
        secrets: passwords that the device may echo and nobody may see.

    Raises:
        DeviceError: a refusal, an error of the device, or something that is no reply.
    """
    root = _parsed(reply)
    if reply.status == 401:
        raise refusal(reply)
    if root is None:
        raise _not_xml(reply, path)
    if local_name(root) == "ResponseStatus":
        code = integer(root, "statusCode")
        if code in _OK and reply.status < 400:
            return root
        raise _error(root, code, path, secrets)
    if reply.status >= 400:
        raise _by_status(reply.status, path)
    return root


def needs_restart(root: Element) -> bool:
    """Whether the device says that a write takes effect only after a restart."""
    return integer(root, "statusCode") == _RESTART


def refusal(reply: Reply) -> DeviceError:
    """Return what a 401 means; its ``userCheck`` counts the attempts down and tells how long a lock lasts (O7)."""
    root = _parsed(reply)
    left = integer(root, "retryLoginTime")
    seconds = integer(root, "unlockTime") or 0
    if seconds > 0 or text(root, "lockStatus").lower() == "lock":
        wait = min(seconds, _LONGEST_LOCK_S) or None
        said = f" for {wait} s" if wait else ""
        return LockedError(f"the device says that it is locked{said}", by_device=True, locked_s=wait)
    if text(root, "isActivated").lower() == "false":
        return FaultError("the device was never activated: give it its first password in its web page")
    told = "" if left is None else f", {left} attempts are left"
    return RefusedError(f"the sign-in was refused{told}", left)


def _parsed(reply: Reply) -> Element | None:
    try:
        return parse(reply.body)
    except XmlError:
        return None


def _not_xml(reply: Reply, path: str) -> DeviceError:
    if reply.status >= 400:
        return _by_status(reply.status, path)
    if is_html(reply.body):
        return NotSupportedError(f"answered a web page to {path}")
    return HostileError(f"answered something that is not ISAPI to {path}: {words(reply.body)!r}")


def _by_status(status: int, path: str) -> FaultError:
    # Recorders answer 403 to what only cameras have, and the other way round.
    if status in (403, 404, 405, 501):
        return NotSupportedError(f"the device does not offer {path} (HTTP {status})")
    return FaultError(f"answered HTTP {status} to {path}")


def _error(root: Element, code: int | None, path: str, secrets: Iterable[Secret]) -> FaultError:
    sub_status = text(root, "subStatusCode")
    said = " ".join(filter(None, (text(root, "statusString"), sub_status, text(root, "description"))))
    for secret in secrets:
        for form in (secret.value, escape(secret.value)):
            said = said.replace(form, "***") if form else said
    message = f"the device refused {path}: {said}"
    if code == _BUSY:
        return BusyError(message, sub_status)
    if sub_status in _ABSENT:
        return NotSupportedError(message, sub_status)
    return FaultError(message, sub_status)
