"""Put together what was heard, seen and read of each address (pure)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Address

from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.state import DeviceState
from nanxi.discovery.listen import MOST_FROM_ONE
from nanxi.discovery.look import Face
from nanxi.discovery.model import Found, Remark, Speaks, remark
from nanxi.discovery.probe import Advert
from nanxi.discovery.scopes import codes_in, read_mac, read_scopes, vendor_in

_NO_ADVERT = Advert("", frozenset(), (), (), ())
_NO_FACE = Face(frozenset())


def compose(
    address: IPv4Address,
    *,
    advert: Advert | None,
    door: tuple[int, Face] | None,
    neighbour: str,
    civil_code: str,
    tried: Iterable[int] = (),
    sent: int = 0,
) -> Found:
    """Return the device at an address.

    Args:
        address: where the answers came from.
        advert: what it said by WS-Discovery.
        door: port and face of its web server.
        neighbour: its MAC in the kernel's table, empty where it is not on this wire.
        civil_code: the county's, with which its codes begin.
        tried: the ports that were tried.
        sent: how many WS-Discovery answers it sent.
    """
    said, (port, face) = advert or _NO_ADVERT, door or (None, _NO_FACE)
    words = read_scopes(said.scopes)
    speaks = face.speaks | ({Speaks.WS_DISCOVERY} if advert else frozenset())
    texts = (*words.all, face.realm)
    remarks = [*_of_advert(address, said, port, tried), *_of_face(face, port)]
    if sent > MOST_FROM_ONE:
        remarks.append(remark("flood", count=sent, read=MOST_FROM_ONE))
    if neighbour and words.mac and neighbour != words.mac:
        remarks.append(remark("mac-differs", told=words.mac, seen=neighbour))
    return Found(
        address=address,
        port=port,
        speaks=speaks,
        mac=neighbour or words.mac,
        serial_number=words.serial_number,
        vendor=vendor_in(texts),
        model=words.model,
        name=words.name,
        codes=tuple(codes_in(words.all, civil_code)),
        recorder=words.stores or _records(face),
        notes=tuple(remarks),
    )


def signed_in(found: Found, state: DeviceState, civil_code: str) -> Found:
    """Return the device with what it told to an account that it knows; that counts more than its scopes."""
    identity = state.identity
    mac = read_mac(state.network.mac if state.network else "") or read_mac(identity.mac if identity else "")
    texts = [state.hostname or "", *(osd.text for osd in state.osds or ())]
    return replace(
        found,
        mac=found.mac or mac,
        serial_number=(identity.serial_number if identity else "") or found.serial_number,
        vendor=(vendor_in([identity.manufacturer]) if identity else "") or found.vendor,
        model=(identity.model if identity else "") or found.model,
        codes=tuple(dict.fromkeys((*found.codes, *codes_in(texts, civil_code)))),
    )


def _of_advert(
    address: IPv4Address, said: Advert, port: int | None, tried: Iterable[int]
) -> Iterable[Remark]:
    if elsewhere := [host for host in said.hosts if host != str(address)]:
        yield remark("advertises-elsewhere", hosts=elsewhere)
    if port is None and (others := sorted(set(said.ports) - set(tried))):
        yield remark("advertises-port", ports=others)


def _of_face(face: Face, port: int | None) -> Iterable[Remark]:
    if port is None:
        yield remark("only-discovery")
    if face.problem:
        yield remark("hostile", why=face.problem)


def _records(face: Face) -> bool:
    """Whether it stores what others see: a camera with a memory card records too, but has a lens to adjust."""
    return Service.RECORDING in face.services and Service.IMAGING not in face.services
