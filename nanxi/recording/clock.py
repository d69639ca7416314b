"""Whether the host's clock may be believed: the kernel knows (adjtimex, any time service tells it)."""

from __future__ import annotations

import ctypes
import os

_STA_UNSYNC = 0x0040
_TIME_ERROR = 5
#: struct timex is 208 bytes on 64-bit Linux; more does no harm. ``maxerror`` (a long, microseconds) and ``status`` (an int)
#: stand behind modes, offset and freq (linux/timex.h).
_SIZE, _MAXERROR_AT, _STATUS_AT = 512, 24, 40


def synchronised() -> bool:
    """Return whether a time service keeps the kernel's clock; reading needs no privilege."""
    state, buffer = _read()
    status = int.from_bytes(buffer[_STATUS_AT : _STATUS_AT + 4], "little")
    return state != _TIME_ERROR and not status & _STA_UNSYNC


def greatest_error_s() -> float:
    """Return the kernel's own bound of the clock's error, seconds; 16 s means that nobody keeps it."""
    _, buffer = _read()
    return int.from_bytes(buffer[_MAXERROR_AT : _MAXERROR_AT + 8], "little", signed=True) / 1e6


def _read() -> tuple[int, bytes]:
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(_SIZE)
    state = libc.adjtimex(buffer)
    if state < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return state, buffer.raw
