"""Names of interfaces: the kernel allows 15 characters, the register more."""

from __future__ import annotations

import hashlib

_LENGTH = 8


def wire(*parts: str) -> str:
    """Return the name of a cable's outer end; the other end may add a letter. Same parts, same name."""
    return "w" + _digest(*parts)


def bridge(*parts: str) -> str:
    """Return the name of a bridge."""
    return "b" + _digest(*parts)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:_LENGTH]
