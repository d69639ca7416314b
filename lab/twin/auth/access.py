"""Which account level may call which operation: the default access policy (ONVIF Core 5.9.4.3)."""

from __future__ import annotations

from enum import StrEnum


class Access(StrEnum):
    """Access class of an operation."""

    PRE_AUTH = "pre-auth"
    READ_SYSTEM = "read-system"
    READ_SYSTEM_SENSITIVE = "read-system-sensitive"
    READ_SYSTEM_SECRET = "read-system-secret"  # noqa: S105 - a class of operations, no password
    WRITE_SYSTEM = "write-system"
    UNRECOVERABLE = "unrecoverable"
    READ_MEDIA = "read-media"
    ACTUATE = "actuate"


_USER = frozenset({Access.PRE_AUTH, Access.READ_SYSTEM, Access.READ_MEDIA})
_OPERATOR = _USER | {Access.READ_SYSTEM_SENSITIVE, Access.ACTUATE}
_ALLOWED = {
    "Administrator": frozenset(Access),
    "Operator": _OPERATOR,
    "User": _USER,
}


def allowed(level: str, access: Access) -> bool:
    """Return whether an account of ``level`` may call operations of a class."""
    return access in _ALLOWED.get(level, frozenset({Access.PRE_AUTH}))
