"""Whom a switch lets read by SNMP: its running configuration decides (pure).

A configuration shows hashes. The keys of SNMPv3 are known to the lab because it is the lab's vault that they came from; a
hash that none of them opens is a key that nobody has, as when somebody has typed another one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lab.snmp.agent import Login
from lab.switches.config import Config
from lab.switches.dialect import SYSTEM, Dialect
from lab.switches.types import opens

_AUTH = {"md5": "md5", "sha": "sha", "sha2-256": "sha256"}
_PRIV = {"des56": "des", "des": "des", "aes128": "aes", "aes": "aes", "aes256": "aes256"}
#: What no client has: the answer to a wrong key is that it is wrong, not silence.
_NOBODYS = "a key that nobody has"


def login_of(config: Config, dialect: Dialect, known: Iterable[str]) -> Login | None:
    """Return who may ask; None while the agent is off.

    Args:
        config: the running configuration.
        dialect: of the switch.
        known: passwords that may be behind the hashes.
    """
    switchable = any(line.name == "snmp" for line in dialect.lines)
    if switchable and not config.get(SYSTEM, "snmp"):
        return None
    entries = list(config.section(SYSTEM).items()) if config.has(SYSTEM) else []
    keyed = [values for _, values in entries if "user" in values]
    auth = next((values for values in keyed if "authkey" in values), None)
    community = next(
        (str(values["community"]) for (name, _), values in entries if name == "snmp-community"), ""
    )
    if auth is None:
        return Login(community=community) if community else None
    priv = next((one for one in keyed if "privkey" in one and one["user"] == auth["user"]), None)
    if priv is None:
        return Login(community=community) if community else None
    passwords = tuple(known)
    return Login(
        community=community,
        user=auth["user"],
        auth_password=_behind(auth["authkey"], passwords),
        priv_password=_behind(priv["privkey"], passwords),
        auth=_AUTH.get(str(auth["auth"]), "sha"),
        priv=_PRIV.get(str(priv["priv"]), "aes"),
    )


def trap_hosts(config: Config, dialect: Dialect) -> list[str]:
    """Return the addresses that are told of links by SNMPv3 traps.

    None while the system's traps are off, and on VRP and Comware while the user's group sees nothing that it may be told
    of (their ``notify-view``); IOS and RGOS have that by themselves.
    """
    known = {line.name for line in dialect.lines}
    off = config.get(SYSTEM, "trap-off") if "trap-off" in known else not config.get(SYSTEM, "trap-enable")
    views = any("{notify:" in line.set for line in dialect.lines)
    if off or (views and not any("notify" in values for values in config.all(SYSTEM, "snmp-group"))):
        return []
    return [str(values["server"]) for values in config.all(SYSTEM, "trap-host")]


def _behind(shown: Any, known: Iterable[str]) -> str:
    return next((one for one in known if opens(str(shown), one)), _NOBODYS)
