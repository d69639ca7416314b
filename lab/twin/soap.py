"""SOAP 1.2 envelopes and ONVIF faults (ONVIF Core specification, 5.8 and 5.11)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lxml import etree

from lab.twin.markup import Xml, el
from nanxi.xml import XmlError, parse

#: Prefixes of every namespace that a twin speaks.
NAMESPACES = {
    "env": "http://www.w3.org/2003/05/soap-envelope",
    "tt": "http://www.onvif.org/ver10/schema",
    "tds": "http://www.onvif.org/ver10/device/wsdl",
    "trt": "http://www.onvif.org/ver10/media/wsdl",
    "tr2": "http://www.onvif.org/ver20/media/wsdl",
    "timg": "http://www.onvif.org/ver20/imaging/wsdl",
    "trc": "http://www.onvif.org/ver10/recording/wsdl",
    "trv": "http://www.onvif.org/ver10/receiver/wsdl",
    "tse": "http://www.onvif.org/ver10/search/wsdl",
    "trp": "http://www.onvif.org/ver10/replay/wsdl",
    "ter": "http://www.onvif.org/ver10/error",
    "tns1": "http://www.onvif.org/ver10/topics",
    "wsnt": "http://docs.oasis-open.org/wsn/b-2",
    "wsse": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd",
    "wsu": "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd",
}
_PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}
_ALWAYS_DECLARED = ("env", "tt", "ter")
_DECLARED_WHERE_USED = ("tds", "trt", "tr2", "timg", "trc", "trv", "tse", "trp", "tns1", "wsnt")
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<env:Envelope{declarations}><env:Body>'
_TAIL = "</env:Body></env:Envelope>"

CONTENT_TYPE = "application/soap+xml; charset=utf-8"


class Fault(Exception):  # noqa: N818 - SOAP's own word
    """A SOAP fault, as the specification wants it; a profile may write it in its own wild way.

    ``code`` is Sender or Receiver, ``subcodes`` go from the outer to the inner one.
    """

    def __init__(self, code: Literal["Sender", "Receiver"], *subcodes: str, reason: str) -> None:
        super().__init__(f"{code} {'/'.join(subcodes)}: {reason}")
        self.code = code
        self.subcodes = subcodes
        self.reason = reason

    @property
    def status(self) -> int:
        """HTTP status of the SOAP 1.2 HTTP binding: 400 for the sender's mistake, 500 for the receiver's."""
        return 400 if self.code == "Sender" else 500

    def body(self) -> Xml:
        """Return the env:Fault element."""
        subcode = Xml("")
        for value in reversed(self.subcodes):
            subcode = el("env:Subcode", el("env:Value", value), subcode)
        return el(
            "env:Fault",
            el("env:Code", el("env:Value", f"env:{self.code}"), subcode),
            el("env:Reason", el("env:Text", self.reason, **{"xml:lang": "en"})),
        )


def invalid_value(inner: str, reason: str) -> Fault:
    """Return the fault for an argument whose value cannot be used (ter:InvalidArgVal and an inner subcode)."""
    return Fault("Sender", "ter:InvalidArgVal", inner, reason=reason)


@dataclass(frozen=True, slots=True)
class Request:
    """One operation as the client sent it; ``operation`` is prefixed, for example ``tds:GetHostname``."""

    operation: str
    element: etree._Element
    security: etree._Element | None  # the wsse:Security header

    @property
    def service(self) -> str:
        """Return the prefix of the service that is asked."""
        return self.operation.partition(":")[0]


def read_request(body: bytes) -> Request:
    """Return the operation in a SOAP envelope.

    Raises:
        Fault: ter:WellFormed when the body is no XML, ter:TagMismatch when it is no SOAP 1.2 request, and
            ter:ActionNotSupported for a namespace that no twin knows.
    """
    try:
        root = parse(body)
    except XmlError as error:
        raise Fault("Sender", "ter:WellFormed", reason=f"Well-formed Error: {error}") from None
    if root.tag != _clark("env:Envelope"):
        raise Fault("Sender", "ter:TagMismatch", reason="SOAP 1.2 envelope expected")
    element = next((child for child in root.iterfind("env:Body/*", NAMESPACES)), None)
    if element is None:
        raise Fault("Sender", "ter:TagMismatch", reason="the body holds no operation")
    name = etree.QName(element)
    prefix = _PREFIXES.get(name.namespace or "")
    if prefix is None:
        raise Fault(
            "Receiver", "ter:ActionNotSupported", reason=f"no service has the namespace {name.namespace}"
        )
    return Request(f"{prefix}:{name.localname}", element, root.find("env:Header/wsse:Security", NAMESPACES))


def text(element: etree._Element, path: str) -> str | None:
    """Return the stripped text at a prefixed path below ``element``, None where there is no such element."""
    found = element.find(path, NAMESPACES)
    return None if found is None else (found.text or "").strip()


def nodes(element: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements at a prefixed path."""
    return element.findall(path, NAMESPACES)


def node(element: etree._Element, path: str) -> etree._Element | None:
    """Return the first element at a prefixed path, None where there is none."""
    return element.find(path, NAMESPACES)


def flag(element: etree._Element, path: str) -> bool | None:
    """Return an xs:boolean at a path, None where it is absent.

    Raises:
        Fault: the value is no boolean.
    """
    value = text(element, path)
    if value is None:
        return None
    if value not in ("true", "false", "1", "0"):
        raise invalid_value("ter:InvalidParameter", f"{path.rpartition(':')[2]} is not a boolean")
    return value in ("true", "1")


def envelope(body: Xml, *, undeclared: frozenset[str] = frozenset()) -> bytes:
    """Return the reply's bytes; ``undeclared`` prefixes are left out, as broken firmware does (O21)."""
    used = [prefix for prefix in _DECLARED_WHERE_USED if f"{prefix}:" in body]
    declarations = "".join(
        f' xmlns:{prefix}="{NAMESPACES[prefix]}"'
        for prefix in (*_ALWAYS_DECLARED, *used)
        if prefix not in undeclared
    )
    return (_HEAD.format(declarations=declarations) + body + _TAIL).encode()


def _clark(name: str) -> str:
    prefix, _, local = name.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"
