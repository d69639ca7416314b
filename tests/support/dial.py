"""A person at the command line of a twin, in the shape of netmiko's connection: lines in, text out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import netmiko

from tests.support.switches import Twin

_PROMPT = r"[\r\n][^\r\n ]*[>\]#$]\s*$"
_QUESTION = r"(?:[\[(](?:Y/N|y/n|yes/no)[\])]|\?|\]\?|[Pp]assword|key\)|confirm\]):?\s*$"


class Line:
    """One session. netmiko's own config mode waits two seconds at each step, so lines are typed one by one."""

    def __init__(self, connection: netmiko.BaseConnection) -> None:
        self.connection = connection

    def type(self, *lines: str, patience_s: float = 5) -> str:
        """Type lines, wait for the prompt or a question after each; return what came back to the last."""
        said = ""
        for line in lines:
            self.connection.write_channel(f"{line}\n")
            said = self.connection.read_until_pattern(
                rf"{re.escape(line)}\r?\n?[\s\S]*(?:{_PROMPT}|{_QUESTION})", read_timeout=patience_s
            )
        return said.replace("\r", "")


@contextmanager
def dialled(twin: Twin, **more: Any) -> Iterator[Line]:
    """Sign in with netmiko; hang up at the end without a word."""
    connection = netmiko.ConnectHandler(**twin.netmiko(**more))
    try:
        yield Line(connection)
    finally:
        connection.paramiko_cleanup()
