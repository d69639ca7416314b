"""The lab's hand behind the fleet: a unix socket that speaks JSON, one request and one reply a line.

It does what people and bad luck do to real cameras: somebody alters a setting behind Ansible's back, the power goes, a
cable breaks. Tests also read what each twin was asked.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from lab.twin.fleet import Fleet
from lab.twin.hostile import BEHAVIOURS
from lab.twin.settings import SECTIONS, adapter
from lab.twin.traits import Misbehaviour

_PASSWORD = re.compile(r"(<password>)[^<]*")

Command = Callable[[Fleet, Mapping[str, Any]], Any]


def get(fleet: Fleet, asked: Mapping[str, Any]) -> Any:
    """Return the settings of ``host``, or one ``section`` of them; passwords are starred."""
    settings = fleet.twin(asked["host"]).settings
    sections = [asked["section"]] if asked.get("section") else SECTIONS
    told = {name: adapter(name).dump_python(getattr(settings, name), mode="json") for name in sections}
    for account in (*told.get("users", ()), *told.get("receivers", ())):
        account["password"] = "***"  # noqa: S105 - the opposite of a password
    if "isapi" in told:
        told["isapi"] = {name: _PASSWORD.sub(r"\1***", document) for name, document in told["isapi"].items()}
    return told


def patch(fleet: Fleet, asked: Mapping[str, Any]) -> None:
    """Alter ``section`` of ``host``; a mapping ``value`` changes only what it names."""
    fleet.twin(asked["host"]).patch(asked["section"], asked["value"])


def fault(fleet: Fleet, asked: Mapping[str, Any]) -> None:
    """Switch on a ``behaviour`` for ``operations`` of ``host``, with ``options``."""
    if asked["behaviour"] not in BEHAVIOURS:
        raise ValueError(f"no behaviour {asked['behaviour']}, there are: {', '.join(sorted(BEHAVIOURS))}")
    twin = fleet.twin(asked["host"])
    added = Misbehaviour.model_validate(
        {key: value for key, value in asked.items() if key not in ("do", "host")}
    )
    twin.faults = (*twin.faults, added)


def clear(fleet: Fleet, asked: Mapping[str, Any]) -> None:
    """Switch off every fault of ``host`` that was switched on here."""
    fleet.twin(asked["host"]).faults = ()


def power(fleet: Fleet, asked: Mapping[str, Any]) -> None:
    """Switch ``host`` ``on`` or off."""
    fleet.set_power(asked["host"], on=bool(asked["on"]))


def reboot(fleet: Fleet, asked: Mapping[str, Any]) -> None:
    """Restart ``host``."""
    fleet.reboot(asked["host"])


def reset(fleet: Fleet, asked: Mapping[str, Any]) -> None:
    """Return ``host`` to the factory's settings."""
    fleet.twin(asked["host"]).factory_reset(hard=True)


def rtsp(fleet: Fleet, asked: Mapping[str, Any]) -> None:
    """Lay ``traits`` over the RTSP behaviour of ``host``; null returns to the profile's."""
    fleet.twin(asked["host"]).override_rtsp(asked["traits"])


def counts(fleet: Fleet, asked: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Return how often each operation was asked, of ``host`` or of every twin that was asked anything."""
    hosts = [asked["host"]] if asked.get("host") else sorted(fleet.installations)
    everything = {host: dict(fleet.twin(host).counts) for host in hosts if fleet.met(host)}
    return {host: numbers for host, numbers in everything.items() if numbers}


def forget(fleet: Fleet, asked: Mapping[str, Any]) -> None:
    """Set the counters to zero, of ``host`` or of all."""
    for host in [asked["host"]] if asked.get("host") else fleet.installations:
        if fleet.met(host):
            fleet.twin(host).counts.clear()


COMMANDS: dict[str, Command] = {
    command.__name__: command
    for command in (get, patch, fault, clear, power, reboot, reset, rtsp, counts, forget)
}


class ControlServer:
    """Serves the commands on a unix socket that only its owner may use."""

    def __init__(self, fleet: Any, path: Path, commands: Mapping[str, Callable[..., Any]] = COMMANDS) -> None:
        self._fleet = fleet
        self._path = path
        self._commands = commands
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen; a socket file left over from a killed process is replaced."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, self._path)
        self._path.chmod(0o600)

    async def stop(self) -> None:
        """Close the socket and remove its file."""
        if self._server is not None:
            self._server.close()
        self._path.unlink(missing_ok=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(json.dumps(await self._answer(line), ensure_ascii=False).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(line)
            result = self._commands[asked["do"]](self._fleet, asked)
            return {"result": await result if inspect.isawaitable(result) else result}
        except (KeyError, ValueError, TypeError) as error:
            return {"error": f"{type(error).__name__}: {error}"}
