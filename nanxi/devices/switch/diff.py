"""From what a switch runs and what is intended to the commands between them, and back again (pure)."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from hier_config import WorkflowRemediation
from hier_config.child import HConfigChild
from hier_config.root import HConfig

from nanxi.devices.switch.dialects.model import Dialect, Lineage
from nanxi.devices.switch.driver import load
from nanxi.devices.switch.secrets import is_opaque
from nanxi.devices.switch.text import Tree, at, copy, paths


@dataclass(frozen=True, slots=True)
class Command:
    """One command in configuration mode. ``section`` is where it stands; ``line`` is what is typed.

    ``moves`` marks what only enters or leaves a section.
    """

    section: tuple[str, ...]
    line: str
    moves: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """The commands that make a switch as intended, and those that take them back."""

    forward: tuple[Command, ...]
    back: tuple[Command, ...]

    def __bool__(self) -> bool:
        return bool(self.forward)


def target(running: Tree, intended: Tree, dialect: Dialect, own: Collection[str] = ()) -> Tree:
    """Return what the switch should run: what it runs now, with what is intended in it.

    Lines that Nanxi does not render stay as they are, except in sections that ``own`` names (``vlan``, ``acl``) and in
    the body of what Nanxi renders whole (an ACL: one foreign line in it would open it).
    """
    result = copy(running)
    _merge(result, intended, (), dialect, exact="vlan" in own)
    for name in own:
        for lineage in dialect.sections.get(name, ()):
            _disown(result, intended, lineage, ())
    return result


def remedy(running: Tree, wanted: Tree, dialect: Dialect) -> Remedy:
    """Return the commands from ``running`` to ``wanted`` and back.

    A physical interface is always there, whether or not the system prints it: it is never created or removed.
    """
    before, after = copy(running), copy(wanted)
    for line in [*before, *after]:
        if line.startswith("interface "):
            before.setdefault(line, {})
            after.setdefault(line, {})
    workflow = WorkflowRemediation(load(dialect, before), load(dialect, after))
    return Remedy(
        tuple(_commands(workflow.remediation_config, before, dialect)),
        tuple(_commands(workflow.rollback_config, after, dialect)),
    )


def missing(running: Tree, wanted: Tree) -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]:
    """Return the paths that are in ``wanted`` and not in ``running``, and those the other way round."""
    has, should = set(paths(running)), set(paths(wanted))
    return (
        tuple(path for path in paths(wanted) if path not in has),
        tuple(path for path in paths(running) if path not in should),
    )


def revealed(wanted: Tree, actual: Tree, dialect: Dialect, path: tuple[str, ...] = ()) -> Tree:
    """Return ``wanted`` with every line that holds a secret as the switch prints it, where it prints one."""
    result: Tree = {}
    for line, below in wanted.items():
        shown = line
        if is_opaque(line):
            shown = next((one for one in actual if _is_rival(dialect, path, one, line)), line)
        result[shown] = revealed(below, actual.get(shown, {}), dialect, (*path, line))
    return result


def _merge(into: Tree, wanted: Tree, path: tuple[str, ...], dialect: Dialect, *, exact: bool) -> None:
    before = copy(into)
    for line, below in wanted.items():
        if line.startswith(dialect.negation):
            _take_away(into, line, dialect)
            continue
        if not exact and dialect.covers(line, before):
            continue
        rivals = [one for one in into if one != line and _is_rival(dialect, path, one, line)]
        if rivals and is_opaque(line):
            continue  # the system prints a secret's cipher only: that there is one is all that can be seen
        for rival in (*rivals, f"{dialect.negation}{line}"):
            into.pop(rival, None)
        inner = into.setdefault(line, {})
        if not path and any(pattern.search(line) for pattern in dialect.managed_whole):
            into[line] = copy(below)
        else:
            _merge(inner, below, (*path, line), dialect, exact=exact)


def _take_away(into: Tree, line: str, dialect: Dialect) -> None:
    """Make what is to be off absent, or visibly off where the system prints that."""
    positive = line.removeprefix(dialect.negation)
    for one in [one for one in into if one == positive or one.startswith(f"{positive} ")]:
        del into[one]
    if any(pattern.search(line) for pattern in dialect.shown_when_off):
        into.setdefault(line, {})


def _is_rival(dialect: Dialect, path: tuple[str, ...], one: str, other: str) -> bool:
    key = _key(dialect, (*path, other))
    return key is not None and key == _key(dialect, (*path, one))


def _key(dialect: Dialect, path: tuple[str, ...]) -> tuple[object, ...] | None:
    """Return what a line is the only one of in its section, None when there may be many."""
    for number, lineage in enumerate((*dialect.single, *dialect.lone)):
        if len(lineage) != len(path):
            continue
        matches = [re.search(pattern, line) for pattern, line in zip(lineage, path, strict=True)]
        if all(matches):
            last = matches[-1]
            return (number, *(last.groups() if last else ()))
    return None


def _disown(tree: Tree, intended: Tree, lineage: Lineage, path: tuple[str, ...]) -> None:
    """Remove the lines of an owned section that are not intended."""
    for line in list(tree):
        if not re.search(lineage[0], line):
            continue
        if len(lineage) > 1:
            _disown(tree[line], intended, lineage[1:], (*path, line))
        elif at(intended, (*path, line)) is None:
            del tree[line]


def _commands(config: HConfig, before: Tree, dialect: Dialect) -> Iterator[Command]:
    for child in sorted(config.children):
        yield from _of(child, (), before, dialect)


def _of(node: HConfigChild, section: tuple[str, ...], before: Tree, dialect: Dialect) -> Iterator[Command]:
    yield Command(section, node.text, moves=bool(node.children) and not node.new_in_config)
    if not node.children and (section or not dialect.opens.search(node.text)):
        return
    inside = (*section, node.text)
    below = before.get(node.text, {})
    children = {child.text: child for child in sorted(node.children)}
    for line in dialect.spell(below, list(children)):
        if line in children:
            yield from _of(children[line], inside, below, dialect)
        else:
            yield Command(inside, line)
    yield Command(inside, dialect.up, moves=True)
