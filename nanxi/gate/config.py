"""What the gate of one host is told: a file that the role renders from plan and register, and the passwords beside it."""

from __future__ import annotations

import pwd
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from nanxi.devices.driver import Credential, Secret
from nanxi.devices.rtsp.session import StreamTarget
from nanxi.findings import Finding, InputError
from nanxi.gate.stream import StreamSpec
from nanxi.gate.viewings import Viewings

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
StreamPath = Annotated[
    str, Field(pattern=r"^/[\x21-\x7e]{0,500}$", description="path and query on the camera")
]


class Strict(BaseModel):
    """Base of the file's models: unknown fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Listen(Strict):
    """Where readers come. Loopback only: whoever reads from elsewhere comes through a gate of its own host."""

    address: IPv4Address = IPv4Address("127.0.0.1")
    port: int = Field(default=8554, ge=1, le=65535)


class ReaderRule(Strict):
    """One reader: known by the user that it runs as, or by a token."""

    user: str = Field(default="", description="system user; the kernel says who owns a connection")
    token_file: Path | None = Field(default=None, description="first line is the token; mode 0600 or 0400")
    exporter: bool = Field(default=False, description="calls cameras up all day; its looks are logged apart")


class CameraRule(Strict):
    """One camera; address and port are the register's."""

    host: Name
    address: IPv4Address
    port: int = Field(default=554, ge=1, le=65535)
    streams: dict[Literal["main", "sub"], StreamPath] = Field(min_length=1)
    always: frozenset[Literal["main", "sub"]] = frozenset({"main"})
    stall_s: float = Field(default=10.0, ge=2, le=600, description="R11: a static scene at 1 fps is no stall")
    allow_basic: bool = False


class GateFile(Strict):
    """The whole file."""

    listen: Listen = Listen()
    control: Path = Path("/run/nanxi-gate/control")
    credentials: Path | None = Field(
        default=None, description="JSON: {host: {user, password}}; mode 0600 or 0400"
    )
    guard: Path = Path("/var/lib/nanxi/guard")
    viewings: Path | None = Field(default=None, description="empty: the journal")
    probes: Path | None = Field(default=None, description="looks of exporters; empty: among the viewings")
    group_bytes: int = Field(
        default=4 << 20, ge=1 << 16, le=64 << 20, description="of the last group of pictures"
    )
    backlog_bytes: int = Field(
        default=4 << 20, ge=1 << 16, le=64 << 20, description="behind it, a reader is dropped"
    )
    readers: dict[Name, ReaderRule] = Field(min_length=1)
    cameras: list[CameraRule]


class _Login(Strict):
    user: str = Field(min_length=1)
    password: str = Field(min_length=1, repr=False)


@dataclass(frozen=True)
class GateConfig:
    """The file, checked, with what it points to."""

    file: GateFile
    streams: dict[str, StreamSpec]  # by path
    users: dict[int, str]  # reader by user id
    tokens: dict[str, Secret]  # token by reader

    def log(self) -> Viewings:
        """Return the log of viewings."""
        exporters = {name for name, rule in self.file.readers.items() if rule.exporter}
        return Viewings(self.file.viewings, self.file.probes, exporters)


_LOGINS = TypeAdapter(dict[str, _Login], config=ConfigDict(hide_input_in_errors=True))


def load(path: Path) -> GateConfig:
    """Read the configuration.

    Raises:
        InputError: with every mistake; no secret is in it.
    """
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise InputError([_finding(path, "", error.strerror or "cannot be read", "")]) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        place = getattr(error, "problem_mark", None)
        line = place.line + 1 if place else 0
        raise InputError([_finding(path, "", "is no YAML", "mend the line", row=line)]) from None
    try:
        file = GateFile.model_validate(raw)
    except ValidationError as error:
        raise InputError(_of(path, error)) from None
    findings: list[Finding] = []
    logins = _logins(file.credentials, findings)
    users, tokens = _readers(path, file, findings)
    hosts = [camera.host for camera in file.cameras]
    findings += [
        _finding(path, "cameras", "stands there twice", "leave one", found=host)
        for host in sorted({host for host in hosts if hosts.count(host) > 1})
    ]
    if findings:
        raise InputError(findings)
    streams = {spec.path: spec for camera in file.cameras for spec in _specs(file, camera, logins)}
    return GateConfig(file, streams, users, tokens)


def _specs(file: GateFile, camera: CameraRule, logins: dict[str, _Login]) -> Iterator[StreamSpec]:
    login = logins.get(camera.host)
    credential = Credential(login.user, Secret(login.password)) if login else None
    for name, path in camera.streams.items():
        target = StreamTarget(camera.host, camera.address, camera.port, path, credential, camera.allow_basic)
        yield StreamSpec(target, name, name in camera.always, camera.stall_s, file.group_bytes)


def _readers(path: Path, file: GateFile, findings: list[Finding]) -> tuple[dict[int, str], dict[str, Secret]]:
    users: dict[int, str] = {}
    tokens: dict[str, Secret] = {}
    for name, rule in file.readers.items():
        where = f"readers.{name}"
        if bool(rule.user) == (rule.token_file is not None):
            findings.append(
                _finding(path, where, "is known by nothing, or by two things", "give user or token_file")
            )
        elif rule.user:
            try:
                users[pwd.getpwnam(rule.user).pw_uid] = name
            except KeyError:
                problem = "there is no such user on this host"
                findings.append(_finding(path, f"{where}.user", problem, "create it", found=rule.user))
        elif rule.token_file is not None and (content := _private(rule.token_file, findings)):
            tokens[name] = Secret(content.decode("utf-8", "replace").splitlines()[0].strip())
    return users, tokens


def _logins(path: Path | None, findings: list[Finding]) -> dict[str, _Login]:
    content = _private(path, findings) if path else b""
    if path is None or not content:
        return {}
    try:
        return _LOGINS.validate_json(content)
    except ValidationError as error:
        findings += _of(path, error)
        return {}


def _private(path: Path, findings: list[Finding]) -> bytes:
    """Return the content of a file that nobody else may read; empty, with a finding, when it is not to be had."""
    try:
        if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            findings.append(_finding(path, "", "may be read by others", "chmod 0600"))
            return b""
        content = path.read_bytes()
    except OSError as error:
        findings.append(_finding(path, "", error.strerror or "cannot be read", "render it anew"))
        return b""
    if not content.strip():
        findings.append(_finding(path, "", "is empty", "render it anew"))
        return b""
    return content


def _of(path: Path, error: ValidationError) -> list[Finding]:
    """Return pydantic's mistakes as findings, without the values: one of them may be a secret."""
    return [
        _finding(path, ".".join(map(str, one["loc"])), one["msg"], "")
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]


def _finding(path: Path, column: str, problem: str, remedy: str, *, found: str = "", row: int = 0) -> Finding:
    return Finding(str(path), row, column, found, problem, remedy, "gate")
