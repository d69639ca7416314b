"""One SNMP agent by pysnmp: answers v2c and v3 from a sorted list of objects, and misbehaves where it is told to.

Written from RFC 3416 and 3414; it knows nothing of our poller. One engine is 2 MiB and 50 ms of CPU, which is plenty for the
lab's dozens of devices and far too much for a county.
"""

from __future__ import annotations

import socket
import time
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import cmdrsp, context, ntforg
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.smi import instrum

AUTH: Mapping[str, Any] = {
    "md5": config.USM_AUTH_HMAC96_MD5,
    "sha": config.USM_AUTH_HMAC96_SHA,
    "sha256": config.USM_AUTH_HMAC192_SHA256,
    "sha512": config.USM_AUTH_HMAC384_SHA512,
}
PRIV: Mapping[str, Any] = {
    "des": config.USM_PRIV_CBC56_DES,
    "aes": config.USM_PRIV_CFB128_AES,
    "aes256": config.USM_PRIV_CFB256_AES_BLUMENTHAL,
}

#: What an agent may do wrong: S1 (turns round in a table), S2 (does not answer to many rows), rows without end, nothing.
Behaviour = Literal["plain", "not-increasing", "small-bulk", "endless", "silent"]

Oid = tuple[int, ...]
Value = int | str | bytes | tuple[str, int | str]

_TYPES: Mapping[str, Any] = {
    "counter": rfc1902.Counter32,
    "counter64": rfc1902.Counter64,
    "gauge": rfc1902.Gauge32,
    "ticks": rfc1902.TimeTicks,
    "oid": rfc1902.ObjectIdentifier,
    "ip": rfc1902.IpAddress,
}


@dataclass(frozen=True, slots=True)
class Login:
    """With what the agent can be asked. No user: v2c only."""

    community: str = "public"  # "": no v2c
    user: str = ""
    auth_password: str = field(default="", repr=False)
    priv_password: str = field(default="", repr=False)
    auth: str = "sha"  # as exporters name it
    priv: str = "aes"


def value_of(value: Value) -> Any:
    """Return a plain value as SNMP's: whole numbers are INTEGER, texts OCTET STRING, pairs name their type."""
    if isinstance(value, tuple):
        return _TYPES[value[0]](value[1])
    return rfc1902.Integer32(value) if isinstance(value, int) else OctetString(value)


@dataclass
class Objects(instrum.AbstractMibInstrumController):
    """The agent's objects in order. Change ``values`` at run time; the next request sees it."""

    values: dict[Oid, Value]
    behaviour: Behaviour = "plain"
    asked: int = 0
    _order: list[Oid] = field(default_factory=list)

    def begin(self) -> None:
        """Called before each request is answered: an agent that follows something looks at it here."""

    def replace(self, values: dict[Oid, Value]) -> None:
        """Have other objects from now on."""
        self.values, self._order = values, []

    def read_variables(self, *var_binds: Any, **_: Any) -> list[tuple[Any, Any]]:
        """Answer a GET."""
        self.asked += 1
        self.begin()
        return [(name, self._get(tuple(name))) for name, _value in var_binds]

    def read_next_variables(self, *var_binds: Any, **_: Any) -> list[tuple[Any, Any]]:
        """Answer one step of a GETNEXT or GETBULK."""
        self.asked += 1
        self.begin()
        return [self._next(tuple(name)) for name, _value in var_binds]

    def _get(self, oid: Oid) -> Any:
        return value_of(self.values[oid]) if oid in self.values else rfc1905.noSuchInstance

    def _next(self, oid: Oid) -> tuple[Any, Any]:
        if len(self._order) != len(self.values):
            self._order = sorted(self.values)
        if self.behaviour == "endless" and len(oid) > 10:
            following = (*oid[:-1], oid[-1] + 1)
            return rfc1902.ObjectName(following), rfc1902.Integer32(1)
        place = bisect_right(self._order, oid)
        if self.behaviour == "not-increasing" and len(oid) > 10 and oid[-1] >= 3:
            place = bisect_left(self._order, (*oid[:-1], 1))  # after the third row the first one again
        if place == len(self._order):
            return rfc1902.ObjectName(oid), rfc1905.endOfMibView
        following = self._order[place]
        return rfc1902.ObjectName(following), value_of(self.values[following])


class Follows(Objects):
    """Objects of something that lives: read anew when a request comes and the last look is ``fresh_s`` ago."""

    def __init__(self, look: Callable[[], Mapping[str, Value]], fresh_s: float = 1.0) -> None:
        super().__init__({})
        self._look = look
        self._fresh_s = fresh_s
        self._looked = float("-inf")

    def begin(self) -> None:
        """Look, unless that was a moment ago: a walk is one picture."""
        if time.monotonic() - self._looked >= self._fresh_s:
            self.replace(by_number(self._look()))
            self._looked = time.monotonic()


def by_number(objects: Mapping[str, Value]) -> dict[Oid, Value]:
    """Return objects by OIDs that can be sorted."""
    return {tuple(map(int, oid.split("."))): value for oid, value in objects.items()}


class _Guarded(udp.UdpAsyncioTransport):
    """A transport that first asks whether the agent answers somebody at all."""

    answers: Callable[[str], bool] = staticmethod(lambda _: True)

    def datagram_received(self, datagram: bytes, transport_address: Any) -> None:
        """Hand a request on, or lose it."""
        if self.answers(transport_address[0]):
            super().datagram_received(datagram, transport_address)


class _Bulk(cmdrsp.BulkCommandResponder):
    """A responder that is silent when too many rows are wanted (S2)."""

    def __init__(self, snmp_engine: Any, snmp_context: Any, objects: Objects) -> None:
        super().__init__(snmp_engine, snmp_context)
        self._objects = objects

    def handle_management_operation(self, snmp_engine: Any, state: Any, name: Any, pdu: Any) -> None:
        if self._objects.behaviour == "small-bulk" and int(pdu.getComponentByPosition(2)) > 10:
            return
        super().handle_management_operation(snmp_engine, state, name, pdu)


class SnmpTwin:
    """A running agent. Start it in a running event loop.

    Args:
        address: where it answers.
        port: 0 takes a free one.
        objects: what it has; :class:`Follows` for what changes by itself.
        login: who may ask.
        engine_id: of its SNMPv3 engine, the same after a restart; invented by default.
        answers: whether it answers an address at the moment; it may call :meth:`let_in`.
    """

    def __init__(
        self,
        address: str,
        port: int,
        objects: Mapping[str, Value] | Objects,
        login: Login | None = None,
        *,
        engine_id: bytes = b"",
        answers: Callable[[str], bool] | None = None,
    ) -> None:
        self.objects = objects if isinstance(objects, Objects) else Objects(by_number(objects))
        self._engine = engine.SnmpEngine(OctetString(engine_id)) if engine_id else engine.SnmpEngine()
        # Bound here and now: what arrives before the loop takes the socket over waits in it.
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.bind((address, port))
        bound.setblocking(False)
        self.port: int = bound.getsockname()[1]
        transport = _Guarded().open_server_mode(sock=bound)
        if answers is not None:
            transport.answers = answers
        config.add_transport(self._engine, udp.DOMAIN_NAME, transport)
        config.add_context(self._engine, "")
        self._login = Login(community="")
        self.let_in(login or Login())
        where = context.SnmpContext(self._engine)
        where.unregister_context_name(b"")
        where.register_context_name(b"", self.objects)
        cmdrsp.GetCommandResponder(self._engine, where)
        cmdrsp.NextCommandResponder(self._engine, where)
        _Bulk(self._engine, where, self.objects)

    def let_in(self, login: Login) -> None:
        """Let in who has these secrets from now on, and nobody else; nothing happens when they are the same."""
        if login == self._login:
            return
        before, self._login = self._login, login
        if before.community:
            config.delete_v1_system(self._engine, "reader")
            config.delete_vacm_user(self._engine, 2, "reader", "noAuthNoPriv", (1, 3, 6), (1, 3, 6), ())
        if before.user:
            config.delete_v3_user(self._engine, before.user)
            config.delete_vacm_user(self._engine, 3, before.user, "authPriv", (1, 3, 6), (1, 3, 6), ())
        if login.community:
            config.add_v1_system(self._engine, "reader", login.community)
            config.add_vacm_user(self._engine, 2, "reader", "noAuthNoPriv", (1, 3, 6), (1, 3, 6), ())
        if login.user:
            config.add_v3_user(
                self._engine,
                login.user,
                AUTH[login.auth],
                login.auth_password,
                PRIV[login.priv],
                login.priv_password,
            )
            config.add_vacm_user(self._engine, 3, login.user, "authPriv", (1, 3, 6), (1, 3, 6), ())

    def notify(self, where: tuple[str, int], binds: Sequence[tuple[str, Value]]) -> None:
        """Send a trap to an address and port, signed and encrypted for the user who may ask (RFC 3413, 3.3).

        Args:
            where: who is told.
            binds: the notification's OID under ``snmpTrapOID.0``, and its objects.
        """
        name = f"to-{where[0]}-{where[1]}"
        config.add_target_parameters(self._engine, name, self._login.user, "authPriv")
        config.add_target_address(self._engine, name, udp.DOMAIN_NAME, where, name, tagList=name)
        config.add_notification_target(self._engine, name, name, name, "trap")
        config.add_vacm_user(self._engine, 3, self._login.user, "authPriv", (1, 3, 6), (1, 3, 6), (1, 3, 6))
        sent = [(rfc1902.ObjectName(oid), value_of(value)) for oid, value in binds]
        try:
            ntforg.NotificationOriginator().send_varbinds(self._engine, name, None, OctetString(""), sent)
        finally:
            config.delete_notification_target(self._engine, name, name)
            config.delete_target_address(self._engine, name)
            config.delete_target_parameters(self._engine, name)

    def stop(self) -> None:
        """Close the socket."""
        self._engine.close_dispatcher()
