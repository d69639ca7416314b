"""One person, or one program, at the command line of a switch."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from lab.switches.config import Config
from lab.switches.dialect import USER, Context
from lab.switches.terminal import CTRL_C, CTRL_Z, HungUpError, Terminal

if TYPE_CHECKING:
    from lab.switches.device import Switch


class Session:
    """Reads lines, has the dialect carry them out, writes the replies.

    Args:
        switch: whose command line it is.
        number: of the virtual terminal.
        user: who signed in.
        source: from where.
    """

    def __init__(self, switch: Switch, number: int, user: str, source: IPv4Address) -> None:
        self.switch = switch
        self.number = number
        self.user = user
        self.source = source
        self.context = Context(switch, switch.running, [USER], self)
        self.candidate: Config | None = None  # of a system with two-phase commit
        self.ended = False
        self.privileged = True  # of a system with an enable mode
        self.terminal: Terminal | None = None
        self._lines = 0

    async def converse(self, terminal: Terminal) -> None:
        """Talk until somebody ends it.

        Raises:
            HungUpError: the connection is gone, or a fault cut it.
        """
        self.terminal = terminal
        await self.switch.dialect.greet(self)
        while not self.ended:
            prompt = self.prompt()
            await terminal.write(prompt)
            line = await terminal.line()
            if line.endswith(CTRL_C):
                continue
            if line.endswith(CTRL_Z):
                line = line[:-1]
                if not line.strip():
                    self.switch.dialect.leave_all(self)
                    continue
            await self.show(await self.carry_out(line, len(prompt)))

    async def single(self, line: str) -> list[str]:
        """Carry out one command of an SSH exec request."""
        return await self.carry_out(line, 0)

    def prompt(self) -> str:
        """Return the prompt as it is now."""
        return self.switch.dialect.prompt(self.switch, self)

    async def carry_out(self, line: str, indent: int) -> list[str]:
        """Carry out a line, with everything that may go wrong on the way."""
        switch = self.switch
        if not line.strip():
            return []
        switch.record(self, line)
        self._lines += 1
        faults = switch.faults
        if faults.drops_after and self._lines > faults.drops_after:
            switch.drop(self)
            raise HungUpError
        if faults.slow_s:
            await asyncio.sleep(faults.slow_s)
        if refusal := faults.refusal(line):
            return switch.dialect.refuse(refusal, line, indent)
        if self.candidate is None:
            self.context.config = switch.running
        reply = await switch.dialect.execute(self.context, line, indent)
        await switch.settle()
        return reply

    async def show(self, lines: Sequence[str]) -> None:
        """Write a reply, page by page where the terminal pages."""
        if lines and self.terminal is not None:
            dialect = self.switch.dialect
            await self.terminal.page(lines, dialect.more, dialect.more_wipe)

    async def say(self, text: str) -> None:
        """Write text in the middle of a command."""
        if self.terminal is not None:
            await self.terminal.write(text)

    async def ask(self, question: str, *, echo: bool = True) -> str:
        """Write a question and return the answer; an interrupted one is empty."""
        if self.terminal is None:
            return "y"
        await self.terminal.write(question)
        answer = (await self.terminal.line(echo=echo)).strip()
        self.switch.record(self, answer if echo else "***", answers=question)
        return "" if answer.endswith((CTRL_C, CTRL_Z)) else answer
