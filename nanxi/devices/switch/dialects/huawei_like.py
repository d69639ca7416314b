"""What Huawei VRP and H3C Comware have in common (pure): Comware descends from VRP, and differs in words.

Both take at most ten VLANs of a trunk in one command, add to the list with the same words that show it, and number the
rules of an ACL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from nanxi.devices.switch.dialects.model import Lineage, Rewrite
from nanxi.devices.switch.dialects.shared import in_one, one_each, ports_by_number, rebuilt
from nanxi.devices.switch.text import Tree
from nanxi.register.ports import port

NEGATION = "undo "

_CLAUSES = re.compile(
    r" (source-port (?:eq|gt|lt) \S+|source-port range \S+ \S+|source (?!any)\S+ \S+|destination (?!any)\S+ \S+"
    r"|destination-port (?:eq|gt|lt) \S+|destination-port range \S+ \S+)"
)
_ORDER = ("source ", "source-port", "destination ", "destination-port")


def rule(line: str) -> str:
    """Return an ACL rule of VRP or Comware in one order of clauses, ports as numbers, and hosts with wildcard 0."""
    line = ports_by_number(line)
    clauses = _CLAUSES.findall(line)
    if not clauses:
        return line
    first, rest = _CLAUSES.split(line)[0], _CLAUSES.sub("", line)
    ordered = sorted(
        clauses, key=lambda clause: next(i for i, word in enumerate(_ORDER) if clause.startswith(word))
    )
    whole = " ".join([first, *ordered]) + rest.removeprefix(first)
    return re.sub(r"\b((?:source|destination) \d+\.\d+\.\d+\.\d+) 0\.0\.0\.0(?= |$)", r"\1 0", whole)


def normal(trunk: str, own: Callable[[str], Iterable[str]]) -> Callable[[Tree], Tree]:
    """Return what gives the normal form of a configuration.

    Args:
        trunk: how the line begins that has the VLANs of a trunk.
        own: the normal form of a line outside of all sections, as the one system prints it.
    """

    def change(path: tuple[str, ...], line: str) -> Iterable[str]:
        if not path and line.startswith("interface "):
            return [f"interface {port(line.removeprefix('interface '))}"]
        if not path:
            return own(line)
        if path[0].startswith("acl "):
            return [rule(line)]
        if line.startswith(trunk):
            return one_each(trunk, line.removeprefix(trunk)) or [line]
        return [line]

    return lambda tree: rebuilt(tree, change)


def spell(trunk: str) -> Callable[[Tree, list[str]], list[str]]:
    """Return what gives the commands for the changed lines of a section."""
    return lambda _, lines: in_one(lines, trunk, NEGATION, _in_tens)


def _in_tens(prefix: str, vlans: list[str]) -> list[str]:
    """Return commands with ten VLANs each, as many as both systems take in one."""
    return [f"{prefix}{' '.join(vlans[start : start + 10])}" for start in range(0, len(vlans), 10)]


SINGLE: tuple[Lineage, ...] = (
    (r"^interface ", r"^description "),
    (r"^interface ", r"^port link-type "),
    (r"^interface ", r"^port trunk pvid vlan "),
    (r"^interface ", r"^port-isolate enable"),
    (r"^acl ", r"^description "),
    (r"^acl ", r"^rule (\d+) "),
    (r"^sysname ",),
    (r"^snmp-agent group v3 (\S+) ",),
    (r"^snmp-agent target-host trap address udp-domain (\S+) params securityname (\S+) v3",),
)

UNDO: tuple[Rewrite, ...] = (
    Rewrite(re.compile(r"^undo (description|name) .*"), r"undo \1"),
    Rewrite(re.compile(r"^undo (rule \d+) .*"), r"undo \1"),
    Rewrite(re.compile(r"^undo (port link-type) .*"), r"undo \1"),
    Rewrite(re.compile(r"^undo (port-isolate enable).*"), r"undo \1"),
    Rewrite(re.compile(r"^undo (protocol inbound|authentication-mode|idle-timeout|sysname) .*"), r"undo \1"),
    Rewrite(re.compile(r"^undo (snmp-agent group v3 \S+) .*"), r"undo \1 privacy"),
    Rewrite(
        re.compile(
            r"^undo (snmp-agent target-host trap address udp-domain \S+ params securityname \S+) v3.*"
        ),
        r"undo \1",
    ),
)

ORDER: tuple[tuple[Lineage, int], ...] = (
    # What is global comes before the ports that need it, and goes after them.
    ((r"^(?!undo |interface |line |user-interface |sysname |hostname )",), -50),
    ((r"^undo ",), 60),
    ((r"^vlan \d+$",), -100),
    ((r"^acl ",), -90),
    ((r"^acl ", r"^undo rule "), 10),
    ((r"^interface ", r"^undo port-security "), -10),
    ((r"^undo (?:vlan|acl) ",), 100),
)


def sections(trunk: str) -> dict[str, tuple[Lineage, ...]]:
    """Return the sections that a run may be told to own."""
    return {
        "vlan": ((r"^vlan (?!1$)\d+$",), (r"^interface ", rf"^{trunk}(?!1$)")),
        "acl": ((r"^acl ",),),
    }
