"""How a firmware says no: the specification's faults, and the wild ones that real devices send.

Seen: "not supported" as Receiver + ter:Action/ter:ActionFailed, as an un-namespaced "Receiver" or env:Sender without
subcode, as ter:ActionNotSupported/ter:InvalidOperation (Hikvision), as ter:InvalidArgs/ter:TagMismatch (Axis) and as an
HTML page; a wrong password as HTTP 400, 401 or 500.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lab.twin.auth.gate import Refused
from lab.twin.markup import Xml, el
from lab.twin.soap import CONTENT_TYPE, Fault, envelope
from lab.twin.traits import Traits

HTML_TYPE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP reply. ``challenge`` wants HTTP Digest; ``stale`` says that only the nonce was too old."""

    status: int
    body: bytes
    content_type: str = CONTENT_TYPE
    challenge: bool = False
    stale: bool = False


def page(status: int, title: str) -> Reply:
    """Return an HTML page, as embedded web servers send them."""
    text = f"<html><head><title>{title}</title></head><body><h2>{status} {title}</h2></body></html>"
    return Reply(status, text.encode(), HTML_TYPE)


def fault_reply(fault: Fault, traits: Traits) -> Reply:
    """Return a fault; firmware that does not declare its prefix makes it unreadable for strict clients (O21)."""
    undeclared = frozenset({"ter"}) if traits.soap.ter_undeclared else frozenset()
    return Reply(fault.status, envelope(fault.body(), undeclared=undeclared))


def unsupported_reply(operation: str, traits: Traits) -> Reply:
    """Return the refusal of an operation that the device does not know."""
    match traits.soap.unsupported:
        case "html":
            return page(500, "Internal Server Error")
        case "bare-receiver":
            return Reply(500, envelope(_bare("Receiver", "Error")))
        case "bare-sender":
            return Reply(400, envelope(_bare("env:Sender", "Method not found")))
        case "action-failed":
            fault = Fault("Receiver", "ter:Action", "ter:ActionFailed", reason="Action Failed")
        case "tag-mismatch":
            fault = Fault(
                "Sender", "ter:InvalidArgs", "ter:TagMismatch", reason=f"{operation} is not expected"
            )
        case "optional-not-implemented":
            fault = Fault(
                "Receiver",
                "ter:ActionNotSupported",
                "ter:InvalidOperation",
                reason="Optional Action Not Implemented",
            )
        case "action-not-supported":
            fault = Fault("Receiver", "ter:ActionNotSupported", reason="Optional Action Not Implemented")
    return fault_reply(fault, traits)


def refused_reply(refused: Refused, traits: Traits) -> Reply:
    """Return the refusal of a client: 401 where HTTP Digest may be tried, else as the firmware likes."""
    look = traits.auth.refusal
    status = 401 if refused.challenge else look.status
    if look.body == "html":
        reply = page(status, "Unauthorized" if status == 401 else "Bad Request")
    elif look.body == "bare-sender":
        reply = Reply(status, envelope(_bare("env:Sender", refused.reason)))
    else:
        reply = fault_reply(Fault("Sender", "ter:NotAuthorized", reason=refused.reason), traits)
    return replace(reply, status=status, challenge=refused.challenge, stale=refused.stale)


def _bare(code: str, reason: str) -> Xml:
    return el(
        "env:Fault",
        el("env:Code", el("env:Value", code)),
        el("env:Reason", el("env:Text", reason, **{"xml:lang": "en"})),
    )
