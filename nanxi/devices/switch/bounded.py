"""A TCP connection that ends when more comes than anybody needs (S2).

paramiko waits for the end of a banner's line, and for packets of whatever length the other side names: a hostile server
that pours fills our memory for as long as its time limit lasts, 100 MB at 100 Mbit/s.
"""

from __future__ import annotations

import errno
import socket

#: Bytes. Banner, key exchange and sign-in take some ten thousand.
SIGNING_IN = 1 << 18
#: A session reads configurations of 50 kB, some tens of times.
SESSION = 1 << 26


class BoundedSocket(socket.socket):
    """Counts what it receives; at the bound the connection is aborted."""

    bound = SIGNING_IN
    taken = 0

    @property
    def exceeded(self) -> bool:
        """Whether the other side sent more than it may."""
        return self.taken > self.bound

    def recv(self, bufsize: int, flags: int = 0, /) -> bytes:
        """Receive.

        Raises:
            ConnectionAbortedError: the bound is exceeded.
        """
        data = super().recv(bufsize, flags)
        self.taken += len(data)
        if self.exceeded:
            raise ConnectionAbortedError(errno.ECONNABORTED, f"sent more than {self.bound} bytes")
        return data


def connect(address: str, port: int, timeout_s: float) -> BoundedSocket:
    """Connect within a time.

    Raises:
        OSError: nobody is there.
    """
    plain = socket.create_connection((address, port), timeout=timeout_s)
    bounded = BoundedSocket(plain.family, plain.type, plain.proto, plain.detach())
    bounded.settimeout(timeout_s)
    return bounded
