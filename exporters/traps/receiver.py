"""Receive traps and informs with pysnmp; a stranger's packet is dropped before anything parses it.

v3 informs need nothing but the user. A v3 trap is signed for its sender's engine (RFC 3414, 3.2), which is known from the
device's own poll: until the first one after a start, and after a swap, its traps are refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Mapping
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.entity.engine import SnmpEngine
from pysnmp.entity.rfc3413 import ntfrcv
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.proto.rfc1905 import InformRequestPDU

from exporters.signals import Sample
from exporters.snmp.access import SnmpAccess
from exporters.traps.book import Book, names
from nanxi.credentials import CredentialError
from nanxi.devices.snmp.access import Community, UserAccess
from nanxi.findings import NanxiError
from nanxi.register.model import Device

_TRAP_OID = (1, 3, 6, 1, 6, 3, 1, 1, 4, 1, 0)
_AUTH = {
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
_PRIV = {
    "des": config.USM_PRIV_CBC56_DES,
    "aes": config.USM_PRIV_CFB128_AES,
    "aes256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
}
#: Counters of SNMPv2-MIB and SNMP-USER-BASED-SM-MIB that mean: right sender, wrong secret.
_REFUSED = (
    ("__SNMPv2-MIB", "snmpInBadCommunityNames"),
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsUnknownUserNames"),
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsUnknownEngineIDs"),
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsWrongDigests"),
    ("__SNMP-USER-BASED-SM-MIB", "usmStatsDecryptionErrors"),
)
_MALFORMED = (("__SNMPv2-MIB", "snmpInASNParseErrs"), ("__SNMPv2-MIB", "snmpInBadVersions"))


class _Guarded(udp.UdpAsyncioTransport):
    """A transport that knows who may send."""

    admitted: Callable[[str], bool] = staticmethod(lambda _: False)

    def datagram_received(self, datagram: bytes, transport_address: Any) -> None:
        """Hand on what a device of the register sent, and drop the rest unread."""
        if self.admitted(transport_address[0]):
            super().datagram_received(datagram, transport_address)


class TrapReceiver:
    """A running receiver. Make it in a running event loop.

    Args:
        address: where to listen.
        port: 162 by custom; 0 takes a free one.
        devices: the register's devices by host name, asked anew for each packet.
        access: communities and users.
        engine: the id of a device's SNMP engine by host name, None while it was never asked.
        heard: is told of each notification: host name, and what it is called.

    Raises:
        NanxiError: the address cannot be listened on.
    """

    def __init__(
        self,
        address: str,
        port: int,
        devices: Callable[[], Mapping[str, Device]],
        access: SnmpAccess,
        *,
        engine: Callable[[str], bytes | None],
        heard: Callable[[str, str], None] = lambda _host, _name: None,
    ) -> None:
        self.book = Book()
        self._devices = devices
        self._access = access
        self._engine_of = engine
        self._heard = heard
        self._met: set[tuple[str, bytes]] = set()
        self._hosts: dict[str, str] = {}
        self._sender = ""
        self._form = "trap"
        self.refresh()
        self._engine = SnmpEngine()
        bound = _bound(address, port)
        self.port: int = bound.getsockname()[1]
        transport = _Guarded().open_server_mode(sock=bound)
        transport.admitted = self._admitted
        config.add_transport(self._engine, udp.DOMAIN_NAME, transport)
        self._secrets()
        ntfrcv.NotificationReceiver(self._engine, self._take)
        self._engine.observer.register_observer(self._note, "rfc3412.receiveMessage:request")

    def refresh(self) -> None:
        """Take the senders from the register in use; call it after a reload."""
        self._hosts = {str(one.ipv4): host for host, one in self._devices().items() if one.ipv4}

    def samples(self) -> list[Sample]:
        """Return the metrics."""
        self.book.dropped["refused"] = self._count(_REFUSED)
        self.book.dropped["malformed"] = self._count(_MALFORMED)
        return self.book.samples(self._devices())

    async def run(self) -> None:
        """Receive until cancelled, then close the socket."""
        try:
            await asyncio.Event().wait()
        finally:
            self._engine.close_dispatcher()

    def _admitted(self, address: str) -> bool:
        host = self._hosts.get(address)
        if host is None:
            self.book.dropped["unknown_sender"] += 1
            return False
        if not self.book.admit(host):
            return False
        self._meet(host)
        return True

    def _note(self, _engine: Any, _point: str, variables: Mapping[str, Any], _context: Any) -> None:
        self._sender = variables["transportAddress"][0]
        self._form = "inform" if variables["pdu"].isSameTypeWith(InformRequestPDU()) else "trap"

    def _take(
        self, _engine: Any, _reference: Any, _engine_id: Any, _name: Any, binds: Any, _context: Any
    ) -> None:
        host = self._hosts.get(self._sender)
        oid = next((value for name, value in binds if tuple(name) == _TRAP_OID), None)
        if host is None or oid is None:
            self.book.dropped["malformed"] += 1
            return
        name = names().get(str(oid), str(oid))
        self.book.take(host, name, self._form)
        self._heard(host, name)

    def _secrets(self) -> None:
        """Teach the engine every community and user of the file."""
        access = self._access
        known = [one for one in (access.default, *access.kinds.values(), *access.hosts.values()) if one]
        communities = {one.community.get_secret_value() for one in known if isinstance(one, Community)}
        for number, community in enumerate(sorted(communities)):
            config.add_v1_system(self._engine, f"area{number}", community)
        users = {one.user: one for one in known if isinstance(one, UserAccess)}
        for user in users.values():
            self._admit_user(user, None)

    def _meet(self, host: str) -> None:
        """Teach the engine the device's user as its own engine knows it, once."""
        engine_id = self._engine_of(host)
        if engine_id is None or (host, engine_id) in self._met:
            return
        self._met.add((host, engine_id))
        with contextlib.suppress(CredentialError):  # nobody asks it, then: its traps are refused
            if isinstance(user := self._access.of(self._devices()[host]), UserAccess):
                self._admit_user(user, OctetString(engine_id))

    def _admit_user(self, user: UserAccess, engine_id: OctetString | None) -> None:
        config.add_v3_user(
            self._engine,
            user.user,
            _AUTH[user.auth],
            user.auth_password.get_secret_value(),
            _PRIV[user.priv],
            user.priv_password.get_secret_value(),
            securityEngineId=engine_id,
        )

    def _count(self, counters: tuple[tuple[str, str], ...]) -> int:
        symbols = self._engine.get_mib_builder().import_symbols
        return sum(int(symbols(module, name)[0].syntax) for module, name in counters)


def _bound(address: str, port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    bound.setblocking(False)
    try:
        bound.bind((address, port))
    except OSError as error:
        bound.close()
        raise NanxiError(f"cannot receive traps on {address}:{port}: {error.strerror}") from None
    return bound
