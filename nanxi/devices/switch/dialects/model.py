"""What a dialect is: data about one switch operating system's command line. Behaviour lives elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from hier_config.platforms.driver_base import HConfigDriverBase

from nanxi.devices.switch.text import Tree

Pattern = re.Pattern[str]


class How(StrEnum):
    """How a system takes an unconfirmed change back by itself."""

    TIMER = "timer"  # armed first, then every line acts at once (Comware 7, IOS)
    TRIAL = "trial"  # lines are staged; they act together with the timer (VRP8)
    REBOOT = "reboot"  # a scheduled reboot brings the startup configuration back; an outage of minutes
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Arming:
    """Commands of a timed rollback. ``{seconds}`` and ``{minutes}`` stand for the time, rounded up.

    Attributes:
        how: what the commands do.
        arm: starts the timer.
        armed: what the system says then; None where it says nothing and only an error would speak.
        confirm: keeps the change.
        abort: takes the change back now; empty where only the end of the timer does.
        configures: whether ``arm`` itself enters configuration mode.
        inside: whether the commands are given in configuration mode.
        prompt: a prompt of the configuration mode that proves the feature is there.
        shortest_s, longest_s: limits of the timer, seconds.
    """

    how: How
    arm: str
    confirm: str
    abort: str = ""
    armed: Pattern | None = None
    configures: bool = False
    inside: bool = False
    prompt: Pattern | None = None
    shortest_s: int = 60
    longest_s: int = 7200


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A command that is spelled otherwise than its line: its pattern and the replacement."""

    pattern: Pattern
    replacement: str


#: Patterns of a line and of the sections around it, outermost first.
Lineage = tuple[str, ...]


@dataclass(frozen=True)
class Dialect:
    """One system's command line.

    Attributes:
        name: the register's word for the system.
        device_type: netmiko's.
        driver: hier_config's driver of the system, or of its nearest relative.
        negation: the word that takes a line back.
        prompt: matches at the end of what was received when a command is done.
        config_prompt: the same in configuration mode only.
        questions: what the system may ask, and what to answer.
        error: what a refused command says.
        running, startup: commands that print the configurations.
        enter, leave, up: into configuration mode, out of it, one section up.
        save: writes the startup configuration.
        saved: what it says when it has.
        volatile: lines that change by themselves.
        armings: timed rollbacks, the best first.
        single: lines of which a section holds one; groups are what may differ.
        lone: the same, where the old line must be taken back before the new one is accepted.
        undo: how a negated line is shortened.
        order: lineage and weight; heavier lines are sent later.
        shown_when_off: negated lines that the system prints.
        opens: lines that enter a section even when nothing stands in it.
        supplements: commands that show what the configuration hides, and the lines that their answers stand for.
        prepares: sections without which the system's timed rollback is refused; they move no packet.
        discard: drops what is staged and not committed; empty where lines act at once.
        managed_whole: sections whose body is Nanxi's alone once it renders them.
        normal: puts what the system prints into the form that templates are written in.
        spell: the commands for the changed lines of a section, given what stands in the section before them.
        covers: whether a line is as good as there, given what stands in its section; not asked where it is owned.
    """

    name: str
    device_type: str
    driver: type[HConfigDriverBase]
    negation: str
    prompt: Pattern
    config_prompt: Pattern
    error: Pattern
    running: str
    startup: str
    enter: str
    leave: str
    up: str
    save: str
    saved: Pattern
    normal: Callable[[Tree], Tree]
    volatile: tuple[Pattern, ...]
    spell: Callable[[Tree, list[str]], list[str]] = lambda _, lines: lines
    covers: Callable[[str, Tree], bool] = lambda *_: False
    questions: Mapping[Pattern, str] = field(default_factory=dict)
    armings: tuple[Arming, ...] = ()
    single: tuple[Lineage, ...] = ()
    lone: tuple[Lineage, ...] = ()
    undo: tuple[Rewrite, ...] = ()
    order: tuple[tuple[Lineage, int], ...] = ()
    shown_when_off: tuple[Pattern, ...] = ()
    opens: Pattern = re.compile(r"^(?:vlan \d+|interface |acl |ip access-list |line |user-interface )")
    supplements: tuple[tuple[str, Callable[[str], Iterable[str]]], ...] = ()
    prepares: tuple[str, ...] = ()
    discard: str = ""
    managed_whole: tuple[Pattern, ...] = ()
    #: Sections by the word with which ``own`` names them: lineage patterns of what is removed when not intended.
    sections: Mapping[str, tuple[Lineage, ...]] = field(default_factory=dict)
