"""What a vehicle's host and a depot are told: ``/etc/nanxi/vehicle.json`` and ``/etc/nanxi/depot.json``, from the roles.

Neither holds a secret: the vehicle's private key is a file of its own, and what a depot must know is public.
"""

from __future__ import annotations

import os
import re
from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from nanxi.findings import Finding, InputError
from nanxi.recording.names import is_camera

BOARD_PATH = Path("/etc/nanxi/vehicle.json")
DEPOT_PATH = Path("/etc/nanxi/depot.json")

_HOST_KEY = re.compile(r"(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)|ssh-rsa) [A-Za-z0-9+/]+={0,2}")
#: Names end up in file names, in command lines and in known_hosts.
_DEPOT = re.compile(r"[a-z][a-z0-9_-]*")


def _host_name(text: str) -> str:
    if not is_camera(text):
        raise ValueError("is no host name of the register, for example oubei-host02")
    return text


def _depot_name(text: str) -> str:
    if not _DEPOT.fullmatch(text):
        raise ValueError("is no name of a depot: lower-case letters, digits and hyphens")
    return text


def _host_key(text: str) -> str:
    if not _HOST_KEY.fullmatch(text):
        raise ValueError("is no public host key: type and base64, without a comment")
    return text


HostName = Annotated[str, AfterValidator(_host_name)]
DepotName = Annotated[str, AfterValidator(_depot_name)]
HostKey = Annotated[str, AfterValidator(_host_key)]
Port = Annotated[int, Field(ge=1, le=65535)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Depot(_Strict):
    """A depot as a vehicle knows it. Its address and keys come from the register, never from what answers."""

    name: DepotName
    address: IPv4Address
    port: Port = 22
    user: str = Field(default="nanxi-depot", pattern=r"^[a-z][a-z0-9_-]*$")
    host_keys: tuple[HostKey, ...] = Field(min_length=1)


class BoardConfig(_Strict):
    """One vehicle's host."""

    vehicle: HostName
    depots: tuple[Depot, ...] = Field(description="the one that is tried first stands first")
    key: Path = Field(default=Path("/etc/nanxi-vehicle/id_ed25519"), description="private key")
    recording: Path = Path("/etc/nanxi/recording.json")
    run: Path = Path("/run/nanxi-vehicle")
    state: Path = Path("/var/lib/nanxi/vehicle")
    bandwidth_kib: int = Field(default=2048, ge=0, description="KiB/s while uploading; 0: no limit")
    batch_mib: int = Field(default=64, ge=1, le=4096, description="so much is sent before it is proved")
    timeout_s: int = Field(default=30, ge=2, le=600, description="a link that is silent for so long is dead")
    newest_first: bool = True
    every_s: int = Field(default=60, ge=1, description="between visits while a depot is in reach, seconds")
    gpsd: Port | None = Field(default=2947, description="gpsd's port on loopback; null: no positions")
    period_s: int = Field(default=60, ge=1, le=3600, description="length of a track file")


class DepotConfig(_Strict):
    """One depot: the station's recorder host where vehicles come in."""

    name: DepotName
    vehicles: dict[HostName, tuple[HostName, ...]] = Field(description="cameras by the vehicle that has them")
    spool: Path = Field(
        default=Path("/var/lib/nanxi-depot/incoming"), description="what is not proved yet, by vehicle"
    )
    recording: Path = Path("/etc/nanxi/recording.json")
    control: Path = Path("/run/nanxi-depot/control")
    log: Path = Path("/var/lib/nanxi/recording/arrivals.jsonl")


Model = TypeVar("Model", bound=BaseModel)


def load_board(path: Path | None = None) -> BoardConfig:
    """Load a vehicle's file; ``path`` defaults to ``NANXI_VEHICLE``, then to ``BOARD_PATH``; see :func:`_load`."""
    return _load(BoardConfig, path or Path(os.environ.get("NANXI_VEHICLE") or BOARD_PATH), "mobile_recorder")


def load_depot(path: Path | None = None) -> DepotConfig:
    """Load a depot's file; ``path`` defaults to ``NANXI_DEPOT``, then to ``DEPOT_PATH``; see :func:`_load`."""
    return _load(DepotConfig, path or Path(os.environ.get("NANXI_DEPOT") or DEPOT_PATH), "vehicle_depot")


def _load(model: type[Model], path: Path, role: str) -> Model:
    """Load a file.

    Raises:
        InputError: with every mistake in it, or because it cannot be read.
    """
    try:
        return model.model_validate_json(path.read_bytes())
    except OSError as error:
        problem = f"cannot be read: {error.strerror}"
        remedy = f"the role {role} writes it; name another with --config"
        raise InputError([Finding(str(path), 0, "", "", problem, remedy)]) from None
    except ValidationError as error:
        raise InputError(
            Finding(str(path), 0, ".".join(map(str, one["loc"])), str(one["input"])[:80], one["msg"], "")
            for one in error.errors()
        ) from None
