"""No test talks to anything but this machine: pytest plugin.

Two walls. The real one is the network namespace in which ``make test`` runs: it has no route out, whatever a test,
a child process or uvloop (which never passes Python's socket module) may try. This audit hook is the second: it also
works where no namespace can be made, and names the test and the address instead of a timeout.
"""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

import pytest

from lab.network import is_sealed, plan_networks

_EVENTS = {
    "socket.connect": lambda sock, address: (sock.family, address),
    "socket.sendto": lambda sock, address: (sock.family, address),
    "socket.sendmsg": lambda sock, address: (sock.family, address),
    "socket.getaddrinfo": lambda host, *_: (socket.AF_INET, (host,)),
    "socket.gethostbyname": lambda host: (socket.AF_INET, (host,)),
}
_OWN_NAMES = {"localhost", socket.gethostname()}


class ForbiddenAddressError(RuntimeError):
    """A test tried to reach an address that is not of this machine."""


class Guard:
    """The audit hook; ``refused`` lists what was refused since it was last emptied."""

    def __init__(self, networks: tuple[IPv4Network, ...]) -> None:
        self.networks = networks
        self.refused: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        """Refuse an address that a test may not reach; called by Python for every audited event."""
        read = _EVENTS.get(event)
        if read is None:
            return
        family, address = read(*arguments)
        if family not in (socket.AF_INET, socket.AF_INET6) or not address or self.allows(address[0]):
            return
        self.refused.append(f"{event} {address[0]}")
        raise ForbiddenAddressError(
            f"a test may talk to 127.0.0.0/8, ::1 and, in the sandbox, the plan's networks only; "
            f"{event} was about to reach {address[0]}"
        )

    def allows(self, host: object) -> bool:
        """Return whether ``host``, an address or a name, is this machine's own."""
        if isinstance(host, bytes):
            host = host.decode("ascii", "replace")
        if not host or host in _OWN_NAMES:
            return True
        try:
            address = ip_address(str(host).partition("%")[0])
        except ValueError:
            return False  # a name: looking it up would send a packet
        if isinstance(address, IPv6Address):
            return address.is_loopback or address.is_unspecified
        return address.is_loopback or address.is_unspecified or self._in_sandbox(address)

    def _in_sandbox(self, address: IPv4Address) -> bool:
        return any(address in network for network in self.networks)

    @contextmanager
    def expecting(self) -> Iterator[list[str]]:
        """Collect what is refused inside the block instead of failing the test for it."""
        before, self.refused = self.refused, []
        try:
            yield self.refused
        finally:
            self.refused = before


#: The group of WS-Discovery: in a namespace whose only interface is lo, multicast ends there too.
_DISCOVERY = IPv4Network("239.255.255.250/32")

_guard = Guard((*plan_networks(), _DISCOVERY) if is_sealed() else ())


def pytest_configure() -> None:
    """Arm the hook; an audit hook cannot be taken out again."""
    sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def _nothing_refused() -> Iterator[None]:
    """Fail a test that tried, even where the code under test caught the error."""
    _guard.refused.clear()
    yield
    if _guard.refused:
        pytest.fail(f"forbidden addresses: {', '.join(sorted(set(_guard.refused)))}")


@pytest.fixture
def network_guard() -> Guard:
    """The armed guard."""
    return _guard
