"""One SNMP agent by pysnmp: answers v2c and v3 from a sorted list of objects, and misbehaves where it is told to.

Written from RFC 3416 and 3414; it knows nothing of our poller. One engine is 2 MiB and 50 ms of CPU, which is plenty for the
lab's dozens of devices and far too much for a county.
"""

from __future__ import annotations

import socket
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config, engine
from pysnmp.entity.rfc3413 import cmdrsp, context
from pysnmp.proto import rfc1902, rfc1905
from pysnmp.proto.rfc1902 import OctetString
from pysnmp.smi import instrum

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

    community: str = "public"
    user: str = ""
    auth_password: str = ""
    priv_password: str = ""


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

    def read_variables(self, *var_binds: Any, **_: Any) -> list[tuple[Any, Any]]:
        """Answer a GET."""
        self.asked += 1
        return [(name, self._get(tuple(name))) for name, _value in var_binds]

    def read_next_variables(self, *var_binds: Any, **_: Any) -> list[tuple[Any, Any]]:
        """Answer one step of a GETNEXT or GETBULK."""
        self.asked += 1
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
    """A running agent. Start it in a running event loop."""

    def __init__(
        self, address: str, port: int, objects: Mapping[str, Value], login: Login | None = None
    ) -> None:
        self.objects = Objects({tuple(map(int, oid.split("."))): value for oid, value in objects.items()})
        self._engine = engine.SnmpEngine()
        login = login or Login()
        # Bound here and now: what arrives before the loop takes the socket over waits in it.
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.bind((address, port))
        bound.setblocking(False)
        self.port: int = bound.getsockname()[1]
        transport = udp.UdpAsyncioTransport().open_server_mode(sock=bound)
        config.add_transport(self._engine, udp.DOMAIN_NAME, transport)
        config.add_v1_system(self._engine, "reader", login.community)
        config.add_vacm_user(self._engine, 2, "reader", "noAuthNoPriv", (1, 3, 6), (1, 3, 6), ())
        if login.user:
            config.add_v3_user(
                self._engine,
                login.user,
                config.USM_AUTH_HMAC96_SHA,
                login.auth_password,
                config.USM_PRIV_CFB128_AES,
                login.priv_password,
            )
            config.add_vacm_user(self._engine, 3, login.user, "authPriv", (1, 3, 6), (1, 3, 6), ())
        where = context.SnmpContext(self._engine)
        where.unregister_context_name(b"")
        where.register_context_name(b"", self.objects)
        cmdrsp.GetCommandResponder(self._engine, where)
        cmdrsp.NextCommandResponder(self._engine, where)
        _Bulk(self._engine, where, self.objects)

    def stop(self) -> None:
        """Close the socket."""
        self._engine.close_dispatcher()
