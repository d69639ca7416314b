"""hier_config's drivers, with the rules per system that they lack.

What they get wrong for our purpose, each mended here:

* ``undo rule 5 permit ip`` and ``undo port default vlan 110`` are errors on VRP and Comware, which want the short form;
  the Comware driver shortens nothing and knows no line of which a section holds only one, so that a new description
  was preceded by the removal of the old one.
* An ACL's rule is taken away before its replacement is there, a VLAN before the ports have left it.
* The IOS driver numbers ACL rules by position and drops remarks when it loads a text; we load trees (``normal`` in a
  dialect) and none of its callbacks run.
"""

from __future__ import annotations

from functools import cache

from hier_config.child import HConfigChild
from hier_config.models import IdempotentCommandsRule, MatchRule, OrderingRule
from hier_config.platforms.driver_base import HConfigDriverBase
from hier_config.root import HConfig

from nanxi.devices.switch.dialects.model import Dialect, Lineage
from nanxi.devices.switch.text import Tree


@cache
def _driver_of(name: str) -> HConfigDriverBase:
    # The dialect is looked up by name: a dataclass with patterns and mappings is no key of a cache.
    from nanxi.devices.switch.dialects import DIALECTS  # noqa: PLC0415 - dialects do not need their drivers

    return make_driver(DIALECTS[name])


def make_driver(dialect: Dialect) -> HConfigDriverBase:
    """Return hier_config's driver of a dialect with the dialect's own rules."""

    class Driver(dialect.driver):  # type: ignore[misc,name-defined]
        """The system's driver; negation and idempotence come from the dialect."""

        def __init__(self) -> None:
            super().__init__()
            self.rules.negate_with.clear()
            self.rules.idempotent_commands[:] = [
                IdempotentCommandsRule(match_rules=_matches(lineage)) for lineage in dialect.single
            ]
            self.rules.ordering[:] = [
                OrderingRule(match_rules=_matches(lineage), weight=weight)
                for lineage, weight in dialect.order
            ]

        @property
        def negation_prefix(self) -> str:
            return dialect.negation

        def swap_negation(self, child: HConfigChild) -> HConfigChild:
            child.text = negated(dialect, child.text)
            return child

    return Driver()


def negated(dialect: Dialect, line: str) -> str:
    """Return the command that takes a line back, in the short form that the system wants."""
    if line.startswith(dialect.negation):
        return line.removeprefix(dialect.negation)
    command = f"{dialect.negation}{line}"
    for rewrite in dialect.undo:
        if rewrite.pattern.search(command):
            return rewrite.pattern.sub(rewrite.replacement, command)
    return command


def load(dialect: Dialect, tree: Tree) -> HConfig:
    """Return the tree as hier_config's own."""
    config = HConfig(_driver_of(dialect.name))
    _fill(config, tree)
    return config


def _fill(node: HConfig | HConfigChild, tree: Tree) -> None:
    for line, below in tree.items():
        _fill(node.add_child(line), below)


def _matches(lineage: Lineage) -> tuple[MatchRule, ...]:
    return tuple(MatchRule(re_search=pattern) for pattern in lineage)
