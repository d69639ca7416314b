"""SOAP envelopes: build a request, open a reply, understand a fault (SOAP 1.2, ONVIF Core 5.8 and 5.11)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from nanxi.devices.driver import Secret
from nanxi.devices.errors import (
    DeviceError,
    FaultError,
    HostileError,
    LockedError,
    NotSupportedError,
    RefusedError,
)
from nanxi.devices.http.pages import is_html
from nanxi.devices.onvif.namespaces import DECLARED, SCHEMA, SOAP
from nanxi.devices.values import Element, child, escape, local_name, plain, text
from nanxi.xml import XmlError, parse

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<s:Envelope xmlns:s="{SOAP}" xmlns:tt="{SCHEMA}"'
    + "".join(f' xmlns:{service.prefix}="{service.namespace}"' for service in DECLARED)
    + ">"
)

_ATTEMPTS = re.compile(r"(\d+)\s*(?:more\s*)?(?:attempt|tries|chance|time\(s\)|次)", re.IGNORECASE)
_LOCKED = re.compile(r"\block(?:ed|out|ing)?\b|too many (?:failed|login|attempt)|锁定", re.IGNORECASE)
_IS_LOCKED = re.compile(
    r"\b(?:is|been|was|already|user|account)\s+lock(?:ed|out)\b|\blocked out\b|已锁定", re.IGNORECASE
)
_WAIT = re.compile(r"(\d+)\s*(second|minute|min\b|sec\b|hour|秒|分钟|小时)", re.IGNORECASE)
_WAIT_S = {"sec": 1, "秒": 1, "min": 60, "分钟": 60, "hou": 3600, "小时": 3600}
_NOT_AUTHORIZED = re.compile(
    r"not.?authori[sz]ed|unauthori[sz]ed|authority fail|authentication fail|failed authentication"
    r"|(?:invalid|wrong|incorrect) (?:user ?name|password|credential)|用户名或密码",
    re.IGNORECASE,
)
_NO_USER = re.compile(
    r"(?:no such|unknown|missing) (?:onvif )?user|user.{0,20}(?:not exist|not found)|no onvif user",
    re.IGNORECASE,
)
_NOT_SUPPORTED = re.compile(
    r"not (?:implement|support)|unsupported|unknown action|no such operation", re.IGNORECASE
)
#: So many characters in a row tell a part of a password; what the makers ship ("admin", "12345") is shorter.
_TELLING = 6


@dataclass(frozen=True, slots=True)
class Fault:
    """A SOAP fault as the device wrote it; anything may be missing (O21)."""

    code: str
    subcodes: tuple[str, ...]
    reason: str

    def without(self, secrets: Iterable[Secret]) -> Fault:
        """Return the fault with every password taken out that the device echoed.

        Where a part of one is left, cut off or escaped in some way, all of the words go.
        """
        reason = self.reason
        for secret in secrets:
            for form in (secret.value, escape(secret.value)):
                reason = reason.replace(form, "***") if form else reason
            if any(part in reason for part in _parts(secret.value)):
                reason = "its words are withheld, because they repeat a password"
        return replace(self, reason=reason)

    def __str__(self) -> str:
        parts = [part for part in (self.code, *self.subcodes) if part]
        return (
            f"{'/'.join(parts)}: {self.reason}" if self.reason else "/".join(parts) or "a fault without words"
        )


def _parts(password: str) -> Iterator[str]:
    return (password[at : at + _TELLING] for at in range(len(password) - _TELLING + 1))


def envelope(body: str, header: str = "") -> bytes:
    """Return the request's bytes."""
    security = f"<s:Header>{header}</s:Header>" if header else ""
    return f"{_HEAD}{security}<s:Body>{body}</s:Body></s:Envelope>".encode()


def open_body(body: bytes) -> Element | Fault:
    """Return the first element of the SOAP body, or the fault.

    Raises:
        HostileError: no XML, no envelope, or an empty body.
    """
    if is_html(body):
        raise HostileError("answered an HTML page, not SOAP")
    try:
        root = parse(body)
    except XmlError as error:
        raise HostileError(plain(f"answered something that is not SOAP: {error}")) from None
    content = child(root, "Body")
    first = None if content is None else next((node for node in content if isinstance(node.tag, str)), None)
    if first is None:
        raise HostileError("answered XML without a SOAP body")
    return _fault(first) if local_name(first) == "Fault" else first


def _fault(element: Element) -> Fault:
    """Read a SOAP 1.2 or 1.1 fault; prefixes are dropped, because half of the firmware gets them wrong."""
    code = child(element, "Code")
    subcodes: list[str] = []
    inner = child(code, "Subcode")
    while inner is not None and len(subcodes) < 4:
        subcodes.append(_local(text(inner, "Value")))
        inner = child(inner, "Subcode")
    reason = text(element, "Reason", "Text") or text(element, "faultstring")
    detail = child(element, "Detail")
    if detail is not None:
        said = plain(" ".join("".join(map(str, detail.itertext())).split()))
        if said and said.upper() != "NULL" and said not in reason:
            reason = f"{reason} ({said})" if reason else said
    return Fault(
        code=_local(text(code, "Value") or text(element, "faultcode")),
        subcodes=tuple(code for code in subcodes if code),
        reason=reason[:300],
    )


def _local(qname: str) -> str:
    return qname.rpartition(":")[2]


def fault_error(fault: Fault, status: int, *, trusted: bool) -> DeviceError:
    """Return the typed error that a fault means.

    Args:
        fault: what the device said.
        status: the reply's HTTP status.
        trusted: this credential has worked in this session, so a fault without a subcode ("env:Sender" alone)
            means an operation that is not there; before that it means a wrong password (domain 6, O9).
    """
    said = str(fault)
    if "NotAuthorized" in fault.subcodes or status == 401 or _NOT_AUTHORIZED.search(said):
        return refusal(said)
    if _LOCKED.search(fault.reason) and not trusted:
        return refusal(said)
    if "ActionNotSupported" in fault.subcodes or _NOT_SUPPORTED.search(said):
        return NotSupportedError(f"the camera does not offer it ({said})", "ActionNotSupported")
    if not fault.subcodes:
        if not trusted and fault.code == "Sender":
            return refusal(said)
        return NotSupportedError(f"the camera does not offer it ({said})")
    return FaultError(f"the camera refused: {said}", fault.subcodes[-1])


def refusal(said: str) -> DeviceError:
    """Return the error for a refused sign-in, with what the text tells of attempts and locks (O6, O7)."""
    attempts = _ATTEMPTS.search(said)
    left = int(attempts[1]) if attempts and len(attempts[1]) < 4 else None
    if _IS_LOCKED.search(said) or (_LOCKED.search(said) and not left):
        wait = _WAIT.search(said)
        seconds = int(wait[1][:6]) * _WAIT_S[wait[2].lower()[:3]] if wait else None
        return LockedError(f"the camera says that it is locked ({said})", by_device=True, locked_s=seconds)
    if _NO_USER.search(said):
        return RefusedError(f"reachable, but the ONVIF user is missing ({said})", left)
    return RefusedError(f"the sign-in was refused ({said})", left)
