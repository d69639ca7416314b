"""The terminal side of a session: echo, backspace, paging."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

CTRL_C, CTRL_Z = "\x03", "\x1a"

Read = Callable[[], Awaitable[str]]  # "" at the end
Write = Callable[[str], Awaitable[None]]


class HungUpError(Exception):
    """The other side is gone, or the switch threw it out."""


class Terminal:
    """Characters in, characters out; lines end with CR LF as on a wire.

    Args:
        read: returns what was typed, "" once nobody types any more.
        write: writes.
        height: lines of a page; 0 does not page.
    """

    def __init__(self, read: Read, write: Write, height: int = 24) -> None:
        self._read = read
        self._write = write
        self._typed = ""
        self.height = height

    async def write(self, text: str) -> None:
        """Write text whose lines end with a line feed."""
        await self._write(text.replace("\n", "\r\n"))

    async def line(self, *, echo: bool = True) -> str:
        """Return the next line; ends with Ctrl-C or Ctrl-Z when that ended it.

        Raises:
            HungUpError: nobody types any more.
        """
        line: list[str] = []
        while True:
            character = await self._next()
            if character in "\r\n":
                if character == "\r" and self._typed[:1] == "\n":
                    self._typed = self._typed[1:]
                await self._write("\r\n")
                return "".join(line)
            if character in (CTRL_C, CTRL_Z):
                await self._write("^C\r\n" if character == CTRL_C else "^Z\r\n")
                return "".join(line) + character
            if character in "\b\x7f":
                if line:
                    line.pop()
                    await self._write("\b \b" if echo else "")
            elif character.isprintable():
                line.append(character)
                if echo:
                    # What has been typed ahead on this line is echoed in one piece: one packet, as from a real device.
                    ahead = self._printable_ahead()
                    line.extend(ahead)
                    await self._write(character + ahead)

    async def page(self, lines: Sequence[str], more: str, wipe: str) -> None:
        """Write lines, stopping after each page until a key is pressed: space a page, return a line, others end it."""
        room = self.height or len(lines) + 1
        start = 0
        while start < len(lines):
            await self.write("".join(f"{line}\n" for line in lines[start : start + room]))
            start += room
            if start >= len(lines):
                return
            await self._write(more)
            key = await self._next()
            await self._write(wipe)
            if key not in " \r\n":
                return
            room = self.height if key == " " else 1

    def _printable_ahead(self) -> str:
        end = 0
        while end < len(self._typed) and self._typed[end].isprintable() and self._typed[end] not in "\b\x7f":
            end += 1
        ahead, self._typed = self._typed[:end], self._typed[end:]
        return ahead

    async def _next(self) -> str:
        while not self._typed:
            self._typed = await self._read()
            if not self._typed:
                raise HungUpError
        character, self._typed = self._typed[0], self._typed[1:]
        return character
