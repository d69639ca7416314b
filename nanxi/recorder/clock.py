"""Whether the host's clock may be believed: the kernel knows (adjtimex, any time service tells it)."""

from __future__ import annotations

import ctypes
import os

_STA_UNSYNC = 0x0040
_TIME_ERROR = 5
#: struct timex is 208 bytes on 64-bit Linux; more does no harm. ``status`` is the int behind modes, offset, freq,
#: maxerror and esterror (linux/timex.h).
_SIZE, _STATUS_AT = 512, 40


def synchronised() -> bool:
    """Return whether a time service keeps the kernel's clock; reading needs no privilege."""
    libc = ctypes.CDLL(None, use_errno=True)
    buffer = ctypes.create_string_buffer(_SIZE)
    state = libc.adjtimex(buffer)
    if state < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    status = int.from_bytes(buffer.raw[_STATUS_AT : _STATUS_AT + 4], "little")
    return state != _TIME_ERROR and not status & _STA_UNSYNC
