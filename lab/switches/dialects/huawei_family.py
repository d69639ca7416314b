"""What VRP and Comware have in common, as children of one house: prompts, views that are left by quit, pipes."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING

from lab.switches.dialect import SYSTEM, USER, Context, Dialect
from lab.switches.grammar import Mistake, Token

if TYPE_CHECKING:
    from lab.switches.config import Section
    from lab.switches.device import Switch
    from lab.switches.session import Session

_PIPE = re.compile(r"\s\|\s*(include|exclude|begin)\s+(.+)$")


class HuaweiFamily(Dialect):
    """Prompts such as ``<name>`` and ``[name-view]``."""

    comment = "#"
    several: str  # how a range of ports stands in the prompt
    words: dict[str, str]  # what is said of a line that is not understood, by fault

    @abstractmethod
    def place(self, section: Section) -> str:
        """Return how a section stands in the prompt, without the dash."""

    def prompt(self, switch: Switch, session: Session) -> str:
        """Return ``<name>`` in the user view, ``[name]`` in the system view, ``[name-place]`` below."""
        name = self.hostname(switch.running)
        section = session.context.section
        prefix = switch.traits.prompt_prefix
        if section == USER:
            return f"{prefix}<{name}>"
        mark = ""
        if session.candidate is not None:
            mark = "~" if session.candidate.sections == switch.running.sections else "*"
        several = len(session.context.sections) > 1
        place = "" if section == SYSTEM else f"-{self.several if several else self.place(section)}"
        return f"{prefix}[{mark}{name}{place}]"

    def complain(self, mistake: Mistake, words: Sequence[Token], line: str, indent: int) -> list[str]:
        """Point at the word that is wrong."""
        behind = words[-1].column + len(words[-1].text) + 1
        column = words[mistake.word].column if mistake.word < len(words) else behind
        del line
        return [f"{' ' * (indent + column)}^", self.words[mistake.fault]]

    def refuse(self, says: str, line: str, indent: int) -> list[str]:
        """Return what a fault makes the device say to a line."""
        if says != "\0":
            return [says]
        words = [Token(line.split(maxsplit=1)[0], 0)]
        return self.complain(Mistake("unrecognized", 0), words, line, indent)

    def leave_all(self, session: Session) -> None:
        """Ctrl-Z goes back to the user view."""
        session.context.sections = [USER]

    def from_file(self, context: Context, line: str) -> str:
        """Return a line of a configuration file as it would be typed; lines without a space are the system view's."""
        if line.strip() and not line.startswith((" ", "#")):
            context.sections = [SYSTEM]
        return "" if line.strip() == "return" or line.startswith("!") else line

    async def execute(self, context: Context, line: str, indent: int = 0) -> list[str]:
        """Carry out a line; a display command may be filtered."""
        pipe = _PIPE.search(line) if line.lstrip().lower().startswith("d") else None
        if pipe is None:
            return await super().execute(context, line, indent)
        lines = await super().execute(context, line[: pipe.start()], indent)
        try:
            expression = re.compile(pipe[2].strip())
        except re.error:
            return [f"{' ' * (indent + pipe.start(2))}^", self.words["wrong"]]
        if pipe[1] == "begin":
            start = next((at for at, text in enumerate(lines) if expression.search(text)), len(lines))
            return lines[start:]
        return [text for text in lines if bool(expression.search(text)) == (pipe[1] == "include")]


def leave(context: Context, above: Section) -> None:
    """Go one view up, or end the session from the user view."""
    if context.section == USER:
        if context.session is not None:
            context.session.ended = True
        return
    context.sections = [USER if context.section == SYSTEM else above]
