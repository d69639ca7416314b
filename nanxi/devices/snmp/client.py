"""A conversation with one agent by gufo-snmp: bounded, tolerant of what agents do wrong, and counted."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TypeVar

from gufo.snmp import SnmpAuthError, SnmpDecodeError, SnmpError, User
from gufo.snmp.aio import SnmpSession

from nanxi.devices.errors import HostileError, RefusedError, UnreachableError
from nanxi.devices.snmp.access import Access, Community, KeyRing, UserAccess
from nanxi.devices.snmp.convert import Raw

Result = TypeVar("Result")

#: Objects asked for in one GET: more than that does not fit small agents' buffers.
_PER_GET = 10
_OID = re.compile(r"^\d+(\.\d+)*$")


@dataclass(frozen=True, slots=True)
class Limits:
    """How patient and how greedy a poll is.

    Attributes:
        timeout_s: seconds for one answer.
        retries: requests beyond the first.
        max_repetitions: rows that one GETBULK asks for; large values slow or break agents (S2).
        max_rows: of one walk; an agent may invent rows without end.
    """

    timeout_s: float = 2.0
    retries: int = 1
    max_repetitions: int = 10
    max_rows: int = 5000


@dataclass
class Agent:
    """An open conversation. Use :func:`connect`.

    Attributes:
        requests: that were sent so far.
        problems: kinds of problems of walks so far (not_increasing, truncated, timeout, malformed), by table.
    """

    host: str
    limits: Limits
    _session: SnmpSession
    requests: int = 0
    problems: dict[str, str] = field(default_factory=dict)

    async def get(self, oids: Iterable[str]) -> dict[str, Raw]:
        """Return the values of those objects that the agent has.

        Raises:
            UnreachableError: no answer.
            RefusedError: user or key is wrong.
            HostileError: the answer is no SNMP.
        """
        wanted = list(oids)
        values: dict[str, Raw] = {}
        for start in range(0, len(wanted), _PER_GET):
            part = wanted[start : start + _PER_GET]
            values |= await self._ask(lambda part=part: self._session.get_many(part))  # type: ignore[misc]
        # gufo leaves out noSuchObject and noSuchInstance; some agents answer with an object that nobody asked for.
        return {oid: value for oid, value in values.items() if oid in wanted and value is not None}

    async def walk(self, oid: str) -> list[tuple[str, Raw]]:
        """Return the rows below ``oid``: index and value. A walk that goes wrong ends with what it has, and is noted.

        Raises:
            UnreachableError, RefusedError, HostileError: nothing came at all.
        """
        rows: list[tuple[str, Raw]] = []
        prefix, last = f"{oid}.", _numbers(oid)
        walk = self._session.getbulk(oid, self.limits.max_repetitions)
        while len(rows) < self.limits.max_rows:
            # An answer holds many rows: only a row that must be asked for is a request.
            held = bool(getattr(walk, "_buffer", None))
            try:
                name, value = await (walk.__anext__() if held else self._ask(walk.__anext__))
            except StopAsyncIteration:
                return rows
            except (UnreachableError, HostileError) as error:
                if not rows:
                    raise
                self.problems[oid] = "timeout" if isinstance(error, UnreachableError) else "malformed"
                return rows
            if not name.startswith(prefix):
                return rows
            at = _numbers(name)
            if at <= last:  # S1: some agents sort wrongly, some go round in circles
                self.problems[oid] = "not_increasing"
                return rows
            last = at
            rows.append((name[len(prefix) :], value))
        self.problems[oid] = "truncated"
        return rows

    async def open(self) -> None:
        """Meet the engine (v3 only)."""
        await self._ask(self._session.refresh)

    @property
    def engine_id(self) -> bytes:
        """The engine's id (v3 only)."""
        return bytes(self._session.get_engine_id())

    async def _ask(self, request: Callable[[], Awaitable[Result]]) -> Result:
        for _ in range(self.limits.retries + 1):
            self.requests += 1
            try:
                return await request()
            except TimeoutError:
                continue
            except SnmpAuthError:
                raise RefusedError("the agent refuses user or key") from None
            except SnmpDecodeError as error:
                raise HostileError(f"the answer is no SNMP: {error}") from None
            except (SnmpError, RuntimeError) as error:
                raise HostileError(f"the agent answers with an error: {error}") from None
            except OSError as error:  # port unreachable, no route
                raise UnreachableError(f"nothing answers by SNMP: {error.strerror or error}") from None
        raise UnreachableError(
            f"no answer to {self.limits.retries + 1} requests within {self.limits.timeout_s:g} s each; a wrong community "
            "looks the same"
        )


async def connect(
    host: str, address: IPv4Address, port: int, *, access: Access, keys: KeyRing, limits: Limits
) -> Agent:
    """Open a conversation with the agent at the register's address.

    Raises:
        UnreachableError, RefusedError, HostileError: v3 discovery failed.
    """
    if isinstance(access, Community):
        session = SnmpSession(
            str(address), port, community=access.community.get_secret_value(), timeout=limits.timeout_s
        )
        return Agent(host, limits, session)
    known = keys.engine(host)
    try:
        return await _meet(host, address, port, access=access, keys=keys, limits=limits)
    except (RefusedError, UnreachableError, HostileError):
        if known is None:
            raise
        keys.forget(host)  # the device may have been swapped: its engine is another one now
        return await _meet(host, address, port, access=access, keys=keys, limits=limits)


async def greet(host: str, address: IPv4Address, port: int, limits: Limits) -> None:
    """Ask which engine there is, without user or key (RFC 3414, 4: discovery): who is held back is not for that unreachable.

    Raises:
        UnreachableError, HostileError: nobody answers, or not in SNMP.
    """
    session = SnmpSession(str(address), port, user=User(""), timeout=limits.timeout_s)
    with contextlib.suppress(RefusedError):  # an answer, too
        await Agent(host, limits, session).open()


async def _meet(
    host: str, address: IPv4Address, port: int, *, access: UserAccess, keys: KeyRing, limits: Limits
) -> Agent:
    session = SnmpSession(
        str(address),
        port,
        user=keys.user(access, host),
        engine_id=keys.engine(host),
        timeout=limits.timeout_s,
    )
    agent = Agent(host, limits, session)
    await agent.open()
    keys.learn(host, agent.engine_id)
    return agent


def _numbers(oid: str) -> tuple[int, ...]:
    return tuple(map(int, oid.split("."))) if _OID.match(oid) else ()
