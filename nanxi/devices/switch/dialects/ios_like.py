"""What Cisco IOS and Ruijie RGOS have in common (pure).

Both keep the VLANs of a trunk in one line that is edited with ``add`` and ``remove``, and both end an ACL with a silent
denial. Our ACLs only permit, so that the order of their rules means nothing, and IOS before 16.12 prints no numbers: a
rule is known by what it says, added without a number and taken away by what it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from nanxi.devices.switch.dialects.model import Lineage, Rewrite
from nanxi.devices.switch.dialects.shared import in_one, one_each, ports_by_number, rebuilt
from nanxi.devices.switch.text import Tree
from nanxi.register.ports import port

TRUNK = "switchport trunk allowed vlan "
_ACL = "ip access-list "
_NO = "no "


def change(path: tuple[str, ...], line: str) -> Iterable[str]:
    """Return the normal form of a line."""
    if not path and line.startswith("interface "):
        return [f"interface {port(line.removeprefix('interface '))}"]
    if not path and line.startswith("snmp-server "):
        return _snmp(line)
    if not path and (vlans := re.match(r"^vlan (?:range )?(\d[\d,-]*)$", line)):
        return one_each("vlan ", vlans[1])
    if path and path[0].startswith(_ACL):
        rule = ports_by_number(re.sub(r"^\d+ (?=permit|deny|remark)", "", line))
        # `10.1.1.1 0.0.0.0` and `host 10.1.1.1` are one, and systems print the latter.
        return [re.sub(r"\b(\d+\.\d+\.\d+\.\d+) 0\.0\.0\.0(?= |$)", r"host \1", rule)]
    if path and line.startswith(TRUNK):
        spec = line.removeprefix(TRUNK).removeprefix("add ").removeprefix("only ")
        return one_each(TRUNK, spec) or [line]
    return [line]


def _snmp(line: str) -> Iterable[str]:
    """Return a line about SNMP without what systems add to it, and one line a kind of notification."""
    if kinds := re.match(r"^snmp-server enable traps snmp (\S.*)$", line):
        return [f"snmp-server enable traps snmp {kind}" for kind in kinds[1].split()]
    # Traps are what a host is told by default; IOS leaves the word out, RGOS prints it.
    line = re.sub(r"^(snmp-server host \S+) traps ", r"\1 ", line)
    # IOS gives the group of a user who is told of something a view by this name, and prints it as if it had been typed.
    return [re.sub(r"^(snmp-server group .*?) notify \*tv\.\S+", r"\1", line)]


def normal(tree: Tree) -> Tree:
    """Return the normal form of a configuration."""
    return rebuilt(tree, change)


def spell(before: Tree, lines: list[str]) -> list[str]:
    """Return the commands for the changed lines of a section.

    Without a list a trunk carries every VLAN, so that the first list is set whole and the last one taken away whole.
    """
    listed = {line for line in before if line.startswith(TRUNK)}
    stays = listed - {line.removeprefix(_NO) for line in lines if line.startswith(_NO)}

    def whole(prefix: str, vlans: list[str]) -> list[str]:
        if not prefix.startswith(_NO):
            return [f"{TRUNK}{'add ' if listed else ''}{','.join(vlans)}"]
        comes = any(line.startswith(TRUNK) for line in lines)
        return [f"{TRUNK}remove {','.join(vlans)}"] if stays or comes else [f"no {TRUNK.strip()}"]

    return in_one(lines, TRUNK, _NO, whole)


def covers(line: str, section: Tree) -> bool:
    """Return whether a trunk carries a VLAN because it carries all: it has no list."""
    return (
        line.startswith(TRUNK)
        and "switchport mode trunk" in section
        and not any(one.startswith(TRUNK) for one in section)
    )


SINGLE: tuple[Lineage, ...] = (
    (r"^vlan \d+$", r"^name "),
    (r"^interface ", r"^description "),
    (r"^interface ", r"^switchport mode "),
    (r"^interface ", r"^switchport access vlan "),
    (r"^interface ", r"^switchport trunk (native vlan|encapsulation) "),
    (r"^interface ", r"^switchport port-security (maximum|violation|aging) "),
    (r"^interface ", r"^storm-control (broadcast|multicast|unicast|action) "),
    (r"^interface ", r"^ip access-group \S+ (in|out)$"),
    (r"^line vty ", r"^(transport input|exec-timeout) "),
    (r"^line vty ", r"^access-class \S+ (in|out)$"),
    (r"^archive$", r"^path "),
    (r"^hostname ",),
    (r"^snmp-server group (\S+) v3 ",),
    (r"^snmp-server user (\S+) \S+ v3",),
    (r"^snmp-server host (\S+) version 3 \S+ (\S+)$",),
)

LONE: tuple[Lineage, ...] = ((r"^interface ", r"^switchport port-security mac-address (?!sticky$)"),)

UNDO: tuple[Rewrite, ...] = (
    Rewrite(re.compile(r"^no (description|name) .*"), r"no \1"),
    Rewrite(re.compile(r"^no (switchport access vlan) .*"), r"no \1"),
    Rewrite(re.compile(r"^no (switchport mode) .*"), r"no \1"),
    Rewrite(re.compile(r"^no (switchport port-security (?:maximum|violation|aging)) .*"), r"no \1"),
    Rewrite(re.compile(r"^no (storm-control (?:broadcast|multicast|unicast|action)) .*"), r"no \1"),
    Rewrite(re.compile(r"^no (transport input|exec-timeout|hostname) .*"), r"no \1"),
    Rewrite(re.compile(r"^no (snmp-server group \S+ v3 \S+).*"), r"no \1"),
    Rewrite(re.compile(r"^no (snmp-server user \S+ \S+ v3).*"), r"no \1"),
)

ORDER: tuple[tuple[Lineage, int], ...] = (
    # What is global comes before the ports that need it, and goes after them.
    ((r"^(?!no |interface |line |user-interface |sysname |hostname )",), -50),
    ((r"^no ",), 60),
    ((r"^vlan \d+$",), -100),
    ((r"^ip access-list ",), -90),
    ((r"^ip access-list ", r"^no "), 10),
    ((r"^interface ", r"^no switchport port-security "), -10),
    # The line that switches port security on is the last: with its first MAC address already there.
    ((r"^interface ", r"^switchport port-security$"), 5),
    ((r"^line vty ",), 50),
    ((r"^no (?:vlan|ip access-list) ",), 100),
)

SECTIONS: dict[str, tuple[Lineage, ...]] = {
    "vlan": ((r"^vlan (?!1$|100[2-5]$)\d+$",), (r"^interface ", r"^switchport trunk allowed vlan (?!1$)")),
    "acl": ((r"^ip access-list ",),),
}
