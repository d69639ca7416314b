"""The two messages of WS-Discovery that a search needs: Probe, and what answers it (pure).

Source: WS-Discovery (April 2005), sections 5.2 and 5.3, with the types of ONVIF Core, chapter 7.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from nanxi.devices.values import Element, child, children, local_name, plain, text
from nanxi.findings import NanxiError
from nanxi.xml import XmlError, parse

#: Cameras differ in the type that they answer to, and a few answer only a probe that names one; so each is asked.
TYPES = ("dn:NetworkVideoTransmitter", "tds:Device")

#: What makes an answer ONVIF's: printers and PCs answer probes too.
_ONVIF_TYPES = frozenset({"NetworkVideoTransmitter", "NetworkVideoStorage", "NetworkVideoDisplay", "Device"})
_ONVIF_SCOPE = "onvif://"

_MOST_SCOPES = 64
_MOST_MATCHES = 16

_PROBE = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
    ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
    "<s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</a:Action>"
    "<a:MessageID>urn:uuid:{message}</a:MessageID>"
    "<a:ReplyTo><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address></a:ReplyTo>"
    "<a:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</a:To></s:Header>"
    "<s:Body><d:Probe><d:Types>{types}</d:Types></d:Probe></s:Body></s:Envelope>"
)


class AnswerError(NanxiError):
    """A datagram that is no answer of an ONVIF device."""


@dataclass(frozen=True, slots=True)
class Advert:
    """What a device says of itself. None of it is proved, and its addresses are never called (D4)."""

    endpoint: str
    types: frozenset[str]
    scopes: tuple[str, ...]
    hosts: tuple[str, ...]  # of the advertised addresses
    ports: tuple[int, ...]


def probe(message: UUID, types: str) -> bytes:
    """Return a Probe for devices of ``types``; answers name ``message``."""
    return _PROBE.format(message=message, types=types).encode()


def read_answer(datagram: bytes, asked: frozenset[str]) -> Advert:
    """Return the ONVIF device in a ProbeMatches message.

    Its MessageID is not looked at: some cameras repeat the probe's there (andreikop/python-ws-discovery#38).

    Args:
        datagram: what came.
        asked: the probes' message ids, as 36 lower-case characters.

    Raises:
        AnswerError: no XML, a fault, an answer to something else, or no ONVIF device in it.
    """
    try:
        root = parse(datagram)
    except XmlError as error:
        raise AnswerError(str(error)) from None
    related = text(root, "Header", "RelatesTo").lower()[-36:]
    if related not in asked:
        raise AnswerError("answers no question of ours")
    body = child(root, "Body")
    if child(body, "Fault") is not None:
        # TP-Link does when it dislikes a probe (andreikop/python-ws-discovery#56)
        raise AnswerError("answers with a fault")
    matches = list(children(child(body, "ProbeMatches"), "ProbeMatch"))[:_MOST_MATCHES]
    found = next((advert for match in matches if _is_onvif(advert := _advert(match))), None)
    if found is None:
        raise AnswerError(f"no ONVIF device in {'it' if body is None else _name(body)}")
    return found


def _name(body: Element) -> str:
    return next((local_name(node) for node in body if isinstance(node.tag, str)), "an empty body")


def _is_onvif(advert: Advert) -> bool:
    return bool(advert.types & _ONVIF_TYPES) and any(one.startswith(_ONVIF_SCOPE) for one in advert.scopes)


def _advert(match: Element) -> Advert:
    places = [_place(word) for word in _words(match, "XAddrs")]
    return Advert(
        endpoint=text(match, "EndpointReference", "Address"),
        types=frozenset(word.rpartition(":")[2] for word in _words(match, "Types")),
        scopes=tuple(_words(match, "Scopes")),
        hosts=tuple(dict.fromkeys(host for host, _ in places if host)),
        ports=tuple(dict.fromkeys(port for host, port in places if host and port)),
    )


def _words(match: Element, name: str) -> list[str]:
    # A list of scopes is longer than any other text of a device: each word is made plain by itself.
    found = child(match, name)
    return [] if found is None else [plain(word) for word in (found.text or "").split()[:_MOST_SCOPES]]


def _place(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit(address)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        return "", 0
    return parts.hostname or "", port
