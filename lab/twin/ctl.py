"""``python -m lab.twin.ctl SOCKET COMMAND [HOST] [key=value ...]``: talk to a running fleet.

Values are JSON where they can be read as JSON, text otherwise::

    ctl .lab/run/twins.sock get shangtang-cam0001 section=ntp
    ctl .lab/run/twins.sock patch shangtang-cam0001 section=hostname 'value={"name": "altered"}'
    ctl .lab/run/twins.sock fault oubei-cam0003 behaviour=hang 'operations=["tds:GetCapabilities"]'
    ctl .lab/run/twins.sock power oubei-cam0001 on=false
    ctl .lab/run/twins.sock counts
"""

from __future__ import annotations

import json
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


class ControlError(Exception):
    """The fleet refused a command."""


def call(path: Path | str, do: str, host: str | None = None, **fields: Any) -> Any:
    """Run one command and return its result.

    Raises:
        ControlError: the command is wrong.
        OSError: nobody listens.
    """
    request = {"do": do, **({} if host is None else {"host": host}), **fields}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("rb") as replies:
            reply = json.loads(replies.readline())
    if "error" in reply:
        raise ControlError(reply["error"])
    return reply["result"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command from the shell; 1 when the fleet refuses it, 2 for a wrong call."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if len(arguments) < 2 or {"-h", "--help"} & set(arguments):
        print(__doc__, file=sys.stderr)
        return 2
    path, do, *rest = arguments
    host = rest.pop(0) if rest and "=" not in rest[0] else None
    fields = {key: _read(value) for key, _, value in (item.partition("=") for item in rest)}
    try:
        result = call(path, do, host, **fields)
    except ControlError as error:
        print(error, file=sys.stderr)
        return 1
    if result is not None:
        print(json.dumps(result, indent=2, ensure_ascii=False))
    return 0


def _read(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


if __name__ == "__main__":
    raise SystemExit(main())
