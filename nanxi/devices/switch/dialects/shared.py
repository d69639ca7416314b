"""What dialects have in common: spellings of lists, ports of protocols and names of interfaces (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from nanxi.devices.switch.text import Tree

#: Names that systems print for well-known ports in ACLs (IOS and RGOS by command reference, VRP and Comware alike).
_PORTS = {
    "ftp-data": 20, "ftp": 21, "ssh": 22, "telnet": 23, "smtp": 25, "dns": 53, "domain": 53, "tftp": 69,
    "http": 80, "www": 80, "www-http": 80, "ntp": 123, "snmp": 161, "snmptrap": 162, "https": 443, "syslog": 514,
}  # fmt: skip


#: How systems refuse in plain sentences, without the sign that marks an error: Comware nearly always, IOS at times.
PLAIN_REFUSAL = (
    r"^(?!.*(?:please wait|may take)).*\b(?:does not exist|do not exist|doesn't exist|not supported|not support|cannot|"
    r"can't|could not|invalid|conflicts?|is not|are not|not running|not found|not allowed|may not be|must be|in use|"
    r"already exists?|already configured|duplicate|exceeds?|Please set|Please create|Please configure|denied)\b.*"
)


def ports_by_number(line: str) -> str:
    """Return an ACL rule with numbers in place of the ports' names."""
    words = line.split()
    for index, word in enumerate(words[:-1]):
        if word == "eq":
            words[index + 1] = str(_PORTS.get(words[index + 1], words[index + 1]))
    return " ".join(words)


def expand(spec: str) -> list[int]:
    """Return the VLANs of ``10 20 to 22`` or ``10,20-22``; what is no number is left out."""
    numbers: list[int] = []
    words = re.sub(r"\s*(?:-|to)\s*", "-", spec.replace(",", " ")).split()
    for word in words:
        first, _, last = word.partition("-")
        if first.isdecimal() and (not last or last.isdecimal()):
            numbers += range(int(first), int(last or first) + 1)
    return numbers


def one_each(prefix: str, spec: str) -> Tree:
    """Return a list of VLANs as one line each: a list that grows by one is then one line more."""
    return {f"{prefix}{number}": {} for number in expand(spec)}


def in_one(
    lines: list[str], prefix: str, negation: str, whole: Callable[[str, list[str]], list[str]]
) -> list[str]:
    """Return commands with all VLANs of a list in one command, those that come before those that go.

    ``whole`` makes the commands from the prefix (with the negation, or without) and the VLANs.
    """
    more = [line.removeprefix(prefix) for line in lines if line.startswith(prefix)]
    less = [line.removeprefix(negation + prefix) for line in lines if line.startswith(negation + prefix)]
    result: list[str] = []
    pending = (whole(prefix, more) if more else []) + (whole(negation + prefix, less) if less else [])
    for line in lines:
        if not line.startswith((prefix, negation + prefix)):
            result.append(line)
        elif line.startswith(negation + prefix) and more:
            continue  # the VLANs that come stand further down, behind the mode of the port
        elif pending:
            result += pending
            pending = []
    return result


def rebuilt(tree: Tree, change: Callable[[tuple[str, ...], str], Iterable[str]]) -> Tree:
    """Return the tree with every line replaced by the lines that ``change`` gives for it and its section."""

    def level(below: Tree, path: tuple[str, ...]) -> Tree:
        result: Tree = {}
        for line, inner in below.items():
            for new in change(path, line):
                merged(result.setdefault(new, {}), level(inner, (*path, new)))
        return result

    return level(tree, ())


def merged(into: Tree, other: Tree) -> Tree:
    """Add ``other`` to ``into`` and return it."""
    for line, below in other.items():
        merged(into.setdefault(line, {}), below)
    return into


def mac(address: str, sign: str) -> str:
    """Return a register's MAC address in groups of four digits: ``4419-b600-0001`` or ``4419.b600.0001``."""
    digits = re.sub(r"[^0-9a-f]", "", address.lower())
    return sign.join(digits[index : index + 4] for index in (0, 4, 8))


def compiled(*patterns: str) -> tuple[re.Pattern[str], ...]:
    """Return the patterns, compiled."""
    return tuple(re.compile(pattern) for pattern in patterns)
