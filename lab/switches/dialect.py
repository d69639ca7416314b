"""What makes a dialect: its views, its lines, its commands and its words; how one line is carried out."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from lab.switches.config import Config, Line, RefusedError, Section
from lab.switches.dataplane import Learned, PortState
from lab.switches.grammar import Found, Grammar, Mistake, Token, Type, Values, tokens
from lab.switches.management import Management

if TYPE_CHECKING:
    from lab.switches.device import Switch
    from lab.switches.session import Session

USER: Section = ("user", "")
SYSTEM: Section = ("system", "")


@dataclass
class Context:
    """Where a line is carried out. ``session`` is None while a file is read."""

    switch: Switch
    config: Config
    sections: list[Section] = field(default_factory=lambda: [SYSTEM])
    session: Session | None = None

    @property
    def section(self) -> Section:
        """The section one is in; of a range of ports the first."""
        return self.sections[0]

    def enter(self, *sections: Section) -> None:
        """Go into sections, which exist from then on."""
        for section in sections:
            if section not in (USER, SYSTEM):
                self.config.section(section)
        self.sections = list(sections)

    async def ask(self, question: str, default: str = "y") -> str:
        """Return what a person answers; ``default`` while a file is read."""
        return default if self.session is None else await self.session.ask(question)


Reply = str | Iterable[str] | None
Action = Callable[[Context, Values], Reply | Awaitable[Reply]]


@dataclass(frozen=True)
class Command:
    """Something one can type. ``views`` empty: everywhere but in the user view; "*" everywhere."""

    views: tuple[str, ...]
    pattern: str
    action: Action


def command(pattern: str, *views: str) -> Callable[[Action], Action]:
    """Mark a function as a command; it may have several marks. Found by :func:`commands_of`."""

    def mark(action: Action) -> Action:
        marks: list[Command] = getattr(action, "commands", [])
        action.commands = [*marks, Command(views, pattern, action)]  # type: ignore[attr-defined]
        return action

    return mark


def commands_of(*modules: Any) -> list[Command]:
    """Return the marked functions of modules."""
    found = [getattr(item, "commands", []) for module in modules for item in vars(module).values()]
    return list(dict.fromkeys(entry for entries in found if isinstance(entries, list) for entry in entries))


class Dialect(ABC):
    """One operating system on one piece of hardware; shared by all twins of that kind."""

    name: ClassVar[str]
    views: ClassVar[tuple[str, ...]]  # without user and system
    lines: ClassVar[Sequence[Line]]
    more: ClassVar[str]  # what a pager shows
    more_wipe: ClassVar[str]  # what takes it away again
    comment: ClassVar[str]

    def __init__(self, types: dict[str, Type], commands: Iterable[Command]) -> None:
        self.types = types
        everywhere = ("user", "system", *self.views)
        self._grammars: dict[str, Grammar[Action]] = {view: Grammar(types) for view in everywhere}
        for line in self.lines:
            for view in line.views:
                if line.set:
                    self._grammars[view].add(line.set, _storing(line))
                for pattern in line.undo:
                    self._grammars[view].add(pattern, _removing(line))
        self._first = {(view, line.name): line for line in reversed(self.lines) for view in line.views}
        for item in commands:
            wanted = everywhere if "*" in item.views else item.views or everywhere[1:]
            for view in wanted:
                self._grammars[view].add(item.pattern, item.action)

    @abstractmethod
    def prompt(self, switch: Switch, session: Session) -> str:
        """Return the prompt."""

    @abstractmethod
    def complain(self, mistake: Mistake, words: Sequence[Token], line: str, indent: int) -> list[str]:
        """Return what the device says to a line that it does not understand; ``indent``: columns of the prompt."""

    @abstractmethod
    def render(self, config: Config) -> list[str]:
        """Return a configuration as it is shown."""

    def private(self, config: Config) -> list[str]:
        """Return the lines that are saved and never shown."""
        del config
        return []

    def admits(self, config: Config) -> dict[str, int]:
        """Return how many more stations ports take in by themselves and write into the configuration, by port."""
        del config
        return {}

    @abstractmethod
    def admitted(self, station: Learned) -> tuple[str, Values]:
        """Return the entry of a port that such a station becomes: the line's name and its values."""

    @abstractmethod
    def ports(self, config: Config) -> list[PortState]:
        """Return what a configuration means to the ports."""

    @abstractmethod
    def management(self, config: Config) -> Management:
        """Return what a configuration means to the switch itself."""

    @abstractmethod
    def passwords(self, config: Config) -> dict[str, str]:
        """Return the users who may come in by SSH, with what is kept of their passwords."""

    @abstractmethod
    def hostname(self, config: Config) -> str:
        """Return the name of the switch."""

    @abstractmethod
    def blank(self) -> Config:
        """Return what is there before any line: the ports, VLAN 1."""

    @abstractmethod
    def refuse(self, says: str, line: str, indent: int) -> list[str]:
        """Return what a fault makes the device say to a line; NUL: what it says to one it does not know."""

    @abstractmethod
    def leave_all(self, session: Session) -> None:
        """Go back to the top, as Ctrl-Z does."""

    @abstractmethod
    def from_file(self, context: Context, line: str) -> str:
        """Return a line of a configuration file as it would be typed."""

    @abstractmethod
    def is_remark(self, said: list[str]) -> bool:
        """Return whether a reply only informs: the line was taken."""

    async def greet(self, session: Session) -> None:
        """Say what comes before the first prompt, ask what must be asked."""
        del session

    async def execute(self, context: Context, line: str, indent: int = 0) -> list[str]:
        """Carry one line out and return what the device says to it.

        Args:
            context: where; its sections follow the line.
            line: as it was typed.
            indent: columns of the prompt before it.
        """
        words = tokens(line)
        if not words or words[0].text.startswith(self.comment):
            return []
        found, mistake = self._find(context.section[0], words, line)
        if found is None:
            return self.complain(mistake, words, line, indent)
        action, in_system = found.target, mistake is not None
        before = context.sections
        if in_system:
            context.sections = [SYSTEM]
        try:
            reply = action(context, found.values)
            if inspect.isawaitable(reply):
                reply = await reply
        except RefusedError as refusal:
            context.sections = before
            return [str(refusal)] if str(refusal) else []
        return [] if not reply else reply.split("\n") if isinstance(reply, str) else list(reply)

    def _find(self, view: str, words: Sequence[Token], line: str) -> tuple[Found[Action] | None, Any]:
        """Return a command, with a mistake beside it when it is one of the system view, typed elsewhere."""
        found = self._grammars[view].match(words, line)
        if isinstance(found, Found):
            return found, None
        if view in ("user", "system") or found.fault == "ambiguous":
            return None, found
        above = self._grammars["system"].match(words, line)
        if isinstance(above, Found):
            return above, found
        return None, max(found, above, key=lambda mistake: mistake.word)

    def section_lines(
        self, config: Config, section: Section, names: Iterable[str] | None = None
    ) -> list[str]:
        """Return the lines of a section in the table's order; ``names`` leaves the others out."""
        entries = config.sections.get(section, {})
        if not entries:
            return []
        present = {identity[0] for identity in entries}
        wanted = present if names is None else present & set(names)
        shown: list[str] = []
        for line in self.lines:
            if line.name in wanted and section[0] in line.views:
                first = self._first[section[0], line.name] is line
                for values in config.all(section, line.name):
                    if line.made(values, first=first):
                        shown += line.shown(values, self.types)
        return shown


def _storing(line: Line) -> Action:
    def store(context: Context, values: Values) -> None:
        kept = values
        if line.guard is not None:
            kept = line.guard(context, dict(values)) or values
        for section in context.sections:
            line.store(context.config.section(section), kept)

    return store


def _removing(line: Line) -> Action:
    def remove(context: Context, values: Values) -> None:
        for section in context.sections:
            line.remove(context.config.section(section), values)

    return remove
