"""Views of VRP, and what is checked of a line before it is taken."""

from __future__ import annotations

from typing import Any

from lab.switches.config import RefusedError
from lab.switches.dialect import SYSTEM, Context
from lab.switches.dialects.access_lists import numbered
from lab.switches.grammar import Values
from lab.switches.types import VlanWords, ranges

PORT, SVI, VLAN, AAA, VTY, ACL, BASIC = "port", "svi", "vlan", "aaa", "vty", "acl-advanced", "acl-basic"
_RESET = ("default-vlan", "pvid", "trunk", "hybrid-pvid", "hybrid-untagged", "hybrid-tagged")


def link_type(context: Context, values: Values) -> None:
    for section in context.sections:
        entries = context.config.section(section)
        old = context.config.get(section, "link-type", "type", "hybrid")
        present = [identity for identity in entries if identity[0] in _RESET]
        if old != values["type"] and present:
            if context.switch.traits.link_type_change == "refuses":
                raise RefusedError("Error: Please renew the default configurations.")
            for identity in present:
                del entries[identity]


def needs(link_type: str) -> Any:
    def check(context: Context, values: Values) -> None:
        del values
        for section in context.sections:
            if context.config.get(section, "link-type", "type", "hybrid") != link_type:
                raise RefusedError("Error: The link type of the interface does not support this command.")

    return check


def default_vlan(context: Context, values: Values) -> None:
    needs("access")(context, values)
    if not context.config.has((VLAN, values["vlan"])):
        raise RefusedError("Error: The VLAN does not exist.")


def acl_exists(context: Context, values: Values) -> None:
    if not any(context.config.has((view, str(values["acl"]))) for view in (ACL, BASIC)):
        raise RefusedError("Error: The ACL does not exist.")


def rule(context: Context, values: Values) -> Values | None:
    existing = context.config.all(context.section, "rule")
    kept = numbered(values, existing, 5)
    if kept is None:
        raise RefusedError("")
    return kept


def trunk(values: Values) -> list[str]:
    return _vlans(values, "port trunk allow-pass vlan")


def hybrid_untagged(values: Values) -> list[str]:
    return _vlans(values, "port hybrid untagged vlan")


def _vlans(values: Values, words: str) -> list[str]:
    left = set(values["vlans"])
    lines = [] if 1 in left else [f"undo {words} 1"]
    left.discard(1)
    # VRP shows VLAN 1 only where it is missing, and ten runs a line.
    runs = ranges(left)
    for at in range(0, len(runs), 10):
        chunk = {vlan for low, high in runs[at : at + 10] for vlan in range(low, high + 1)}
        lines.append(f"{words} {VlanWords().text(chunk)}")
    return lines


def local_user(context: Context, values: Values) -> None:
    known = context.config.all(context.section, "user-password")
    if not any(user["name"] == values["name"] for user in known):
        raise RefusedError("Error: The user does not exist.")


def usm(context: Context, values: Values) -> None:
    if not any(user["user"] == values["user"] for user in context.config.all(SYSTEM, "usm-group")):
        raise RefusedError("Error: The user does not exist.")


IN = ("system",)
ON_PORT = (PORT,)
