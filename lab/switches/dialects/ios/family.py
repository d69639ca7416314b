"""Prompts, modes and words that Cisco IOS and Ruijie share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from lab.switches.config import Config, Line, Section
from lab.switches.dataplane import Learned, PortState
from lab.switches.dialect import SYSTEM, USER, Context, Dialect
from lab.switches.dialects.ios import meaning
from lab.switches.dialects.ios.lines import ARCHIVE, EXT, LINE, PORT, STD, SVI, VLAN
from lab.switches.grammar import Mistake, Token, Values
from lab.switches.management import Management
from lab.switches.types import PortName

if TYPE_CHECKING:
    from lab.switches.device import Switch
    from lab.switches.session import Session

_PIPE = re.compile(r"\s\|\s*(include|exclude|begin|section)\s+(.+)$", re.IGNORECASE)
#: What the user mode knows, before enable.
_HARMLESS = ("enable", "exit", "logout", "quit", "show", "terminal")
_MODES = {
    "system": "config", PORT: "config-if", SVI: "config-if", VLAN: "config-vlan", LINE: "config-line",
    EXT: "config-ext-nacl", STD: "config-std-nacl", ARCHIVE: "config-archive",
}  # fmt: skip


class IosFamily(Dialect):
    """Prompts such as ``name#`` and ``name(config-if)#``."""

    comment = "!"
    views = (PORT, SVI, VLAN, LINE, EXT, STD, ARCHIVE)
    default_name: ClassVar[str]
    port_names: tuple[str, ...]
    port: PortName

    def prompt(self, switch: Switch, session: Session) -> str:
        """Return ``name#``, ``name>`` before enable, ``name(config-if)#`` below."""
        name = self.hostname(switch.running)
        if session.context.section == USER:
            return f"{name}{'#' if session.privileged else switch.traits.read_only_prompt}"
        view = session.context.section[0]
        mode = _MODES[view] + ("-range" if view == PORT and len(session.context.sections) > 1 else "")
        return f"{name}({mode})#"

    def complain(self, mistake: Mistake, words: Sequence[Token], line: str, indent: int) -> list[str]:
        """Say what is wrong, as IOS does."""
        if mistake.fault == "incomplete":
            return ["% Incomplete command.", ""]
        if mistake.fault == "ambiguous":
            return [f'% Ambiguous command:  "{line.strip()}"']
        column = words[mistake.word].column if mistake.word < len(words) else len(line)
        return [f"{' ' * (indent + column)}^", "% Invalid input detected at '^' marker.", ""]

    def refuse(self, says: str, line: str, indent: int) -> list[str]:
        """Return what a fault makes the device say to a line."""
        words = [Token(line.split(maxsplit=1)[0], 0)]
        return [says] if says != "\0" else self.complain(Mistake("unrecognized", 0), words, line, indent)

    def leave_all(self, session: Session) -> None:
        """Ctrl-Z goes back to the privileged mode."""
        session.context.sections = [USER]

    def hostname(self, config: Config) -> str:
        """Return the name."""
        return str(config.get(SYSTEM, "hostname", "name", self.default_name))

    def ports(self, config: Config) -> list[PortState]:
        """Return what it means to the ports."""
        return meaning.ports(config)

    def admits(self, config: Config) -> dict[str, int]:
        """Return how many stations secured ports still take in."""
        return meaning.admits(config)

    def admitted(self, station: Learned) -> tuple[str, Values]:
        """Return the line that such a station becomes."""
        return "sticky-mac", {"mac": station.mac, "vlan": station.vlan}

    def management(self, config: Config) -> Management:
        """Return what it means to the switch itself."""
        return meaning.management(config)

    def passwords(self, config: Config) -> dict[str, str]:
        """Return the local users."""
        return {item["name"]: item["password"] for item in config.all(SYSTEM, "user")}

    def is_remark(self, said: list[str]) -> bool:
        """Return whether a reply only informs."""
        return not said

    def from_file(self, context: Context, line: str) -> str:
        """Return a line of a configuration file as it would be typed; one without a space is global."""
        if line.strip() and not line.startswith((" ", "!")):
            context.sections = [SYSTEM]
        line = line.removeprefix("!private ")
        first = line.strip().split(" ")[0]
        remarks = ("version", "end", "Building", "Current", "boot-start-marker", "boot-end-marker")
        return "" if first in remarks or line.strip() == "no ip address" else line

    async def execute(self, context: Context, line: str, indent: int = 0) -> list[str]:
        """Carry out a line: ``do`` looks up from below, output may be filtered, the user mode knows little."""
        words = line.split()
        session = context.session
        if session is not None and not session.privileged and words and not _harmless(words[0]):
            return self.complain(Mistake("unrecognized", 0), [Token(words[0], 0)], line, indent)
        if words and words[0].lower() == "do" and context.section != USER and len(words) > 1:
            above = Context(context.switch, context.config, [USER], session)
            start = line.lower().index("do") + 2
            return await self.execute(above, " " * start + line[start:], indent)
        pipe = (
            _PIPE.search(line)
            if words and "show".startswith(words[0].lower()) and len(words[0]) > 1
            else None
        )
        if pipe is None:
            return await super().execute(context, line, indent)
        lines = await super().execute(context, line[: pipe.start()], indent)
        return _filtered(lines, pipe[1].lower(), pipe[2].strip())

    def block(self, config: Config, section: Section, head: str, *, end: str = "!") -> Iterator[str]:
        """Yield a section as it is shown."""
        yield head
        yield from (f" {line}" for line in self.section_lines(config, section))
        if end:
            yield end


#: How the lines of a port follow each other.
_ORDER = (
    "description", "access-vlan", "native", "trunk", "mode", "nonegotiate", "protected", "sticky", "security-max",
    "security-violation", "sticky-mac", "security-mac", "binding", "security", "filter", "shutdown", "storm",
    "storm-action", "portfast", "bpduguard", "source-guard", "poe-off",
)  # fmt: skip


def ordered(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines so that those of a port come as a running configuration has them."""
    return tuple(sorted(lines, key=lambda line: _ORDER.index(line.name) if line.name in _ORDER else -1))


def _harmless(word: str) -> bool:
    return any(known.startswith(word.lower()) for known in _HARMLESS)


def _filtered(lines: list[str], how: str, expression: str) -> list[str]:
    try:
        wanted = re.compile(expression)
    except re.error:
        return ["% Invalid input detected at '^' marker.", ""]
    if how == "begin":
        start = next((at for at, text in enumerate(lines) if wanted.search(text)), len(lines))
        return lines[start:]
    if how == "section":
        shown, inside = [], False
        for text in lines:
            inside = bool(wanted.search(text)) if not text.startswith(" ") else inside
            shown += [text] if inside else []
        return shown
    return [text for text in lines if bool(wanted.search(text)) == (how == "include")]
