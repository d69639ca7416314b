"""Make a listening socket deaf for some of its addresses: a camera without power does not even refuse."""

from __future__ import annotations

import ctypes
import socket
import struct
from collections.abc import Iterable
from ipaddress import IPv4Address

_SO_ATTACH_FILTER = 26
_LOAD_WORD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06  # classic BPF, linux/bpf_common.h
_DESTINATION = (-0x100000 + 16) & 0xFFFFFFFF  # SKF_NET_OFF, then the destination in the IPv4 header
_MAX_INSTRUCTIONS = 4096  # BPF_MAXINSNS


def make_deaf(listener: socket.socket, addresses: Iterable[IPv4Address]) -> None:
    """Let the kernel drop every packet to ``addresses`` before ``listener`` sees it, as if nothing were there.

    A client meets a timeout instead of a refusal. Replaces what was set before; needs no rights.

    Raises:
        ValueError: more addresses than a socket filter has room for (about 2,000).
    """
    program = [_instruction(_LOAD_WORD, 0, 0, _DESTINATION)]
    for address in addresses:
        program += [_instruction(_JUMP_EQUAL, 0, 1, int(address)), _instruction(_RETURN, 0, 0, 0)]
    program.append(_instruction(_RETURN, 0, 0, 0xFFFFFFFF))
    if len(program) > _MAX_INSTRUCTIONS:
        raise ValueError(f"{len(program)} instructions are more than a socket filter may have")
    code = ctypes.create_string_buffer(b"".join(program))
    # struct sock_fprog: number of instructions, and where they are
    listener.setsockopt(
        socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", len(program), ctypes.addressof(code))
    )


def _instruction(code: int, if_true: int, if_false: int, value: int) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
