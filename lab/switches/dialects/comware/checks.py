"""Views of Comware 7, and what is checked of a line before it is taken."""

from __future__ import annotations

from typing import Any

from lab.switches.config import RefusedError
from lab.switches.dialect import SYSTEM, Context
from lab.switches.dialects.access_lists import numbered
from lab.switches.grammar import Values

PORT, SVI, VLAN, USERS, VTY, ACL, BASIC = "port", "svi", "vlan", "luser", "vty", "acl-advanced", "acl-basic"
_RESET = ("access", "pvid", "trunk", "hybrid-pvid", "hybrid-untagged", "hybrid-tagged")


def link_type(context: Context, values: Values) -> None:
    for section in context.sections:
        old = context.config.get(section, "link-type", "type", "access")
        if {old, values["type"]} == {"trunk", "hybrid"}:
            raise RefusedError("Please set the port link type to access first.")
        if old != values["type"]:
            entries = context.config.section(section)
            for identity in [identity for identity in entries if identity[0] in _RESET]:
                del entries[identity]


def needs(link_type: str) -> Any:
    """Return a guard: the port has that link type."""

    def check(context: Context, values: Values) -> None:
        del values
        for section in context.sections:
            if context.config.get(section, "link-type", "type", "access") != link_type:
                raise RefusedError(f"The port link type is not {link_type}.")

    return check


def access(context: Context, values: Values) -> None:
    needs("access")(context, values)
    if not context.config.has((VLAN, values["vlan"])):
        raise RefusedError("The VLAN does not exist.")


def rule(context: Context, values: Values) -> Values | None:
    kept = numbered(values, context.config.all(context.section, "rule"), 5)
    if kept is None:
        raise RefusedError("The rule already exists.")
    return kept


def group_exists(context: Context, values: Values) -> None:
    if not any(item["group"] == values["group"] for item in context.config.all(SYSTEM, "isolate-group")):
        raise RefusedError("The isolation group does not exist.")


def autolearn(context: Context, values: Values) -> None:
    for section in context.sections:
        if values["mode"] == "autolearn" and not context.config.get(section, "max-mac"):
            raise RefusedError("Please set the maximum number of secure MAC addresses first.")


IN = ("system",)
ON_PORT = (PORT,)
SUPPRESSION = "{kind:broadcast-suppression|multicast-suppression|unicast-suppression}"


def mac(mac: str) -> str:
    """Return a MAC address as it is shown."""
    digits = mac.replace(":", "")
    return "-".join(digits[at : at + 4] for at in (0, 4, 8))
