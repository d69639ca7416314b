"""The exporter's configuration file, strict: every mistake is named at once, with what would be right.

See ``exporters/example.yml`` for every option with its meaning.
"""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nanxi.county.model import Network
from nanxi.devices.state import Aspect
from nanxi.findings import Finding, InputError
from nanxi.register.model import Kind

Seconds = Annotated[float, Field(gt=0, le=86_400)]
ProberName = Literal["reach", "onvif", "drift", "rtsp", "snmp", "vqd"]
CollectorName = Literal["register", "guard", "recorder", "gate"]
#: Whose pictures are looked at: everybody's; without the cameras that a recorder host in use records; of the cameras that
#: this host records, through its gate and never by a session of its own.
Which = Literal["all", "unrecorded", "recorded_here"]

#: What the recorder's account may read of any device; accounts (users) are for administrators only.
_DRIFT = frozenset(Aspect) - {Aspect.USERS}


class Strict(BaseModel):
    """Base: unknown options are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ModuleConfig(Strict):
    """One module: how devices are probed, and how often the poller does it."""

    prober: ProberName
    kinds: frozenset[Kind] = Field(min_length=1)
    poll: bool = Field(default=True, description="false: only on request at /probe")
    which: Which = Field(default="all", description="rtsp, vqd: of which cameras")
    interval_s: Seconds = 60.0
    first_within_s: float | None = Field(
        default=None,
        gt=0,
        description="the first look at each device after a start comes within so many seconds; default: at its turn",
    )
    deadline_s: Seconds = 15.0
    recheck_s: Seconds = Field(default=10.0, description="after the first failure of a device that was well")
    concurrency: int = Field(default=1000, ge=1, le=20_000)
    aspects: frozenset[Aspect] = Field(default=frozenset(), description="onvif and drift: what to read")
    sample_s: Seconds = Field(default=2.0, description="rtsp: how long the stream is measured")
    key_frame_s: Seconds = Field(default=8.0, description="rtsp: a later key frame is no picture")
    references: Path | None = Field(
        default=None, description="vqd: folder of <host>.gray, how cameras should look"
    )
    timeout_s: Seconds = Field(default=2.0, description="snmp: for one answer")
    retries: int = Field(default=1, ge=0, le=5, description="snmp: requests beyond the first")
    max_repetitions: int = Field(default=10, ge=1, le=100, description="snmp: rows per GETBULK (S2)")
    max_rows: int = Field(default=5000, ge=1, le=100_000, description="snmp: of one walk")
    walk_macs: bool = Field(default=True, description="snmp: which device hangs on which switch port")

    @model_validator(mode="after")
    def _consistent(self) -> ModuleConfig:
        if self.poll and self.deadline_s > self.interval_s:
            raise ValueError(
                f"deadline_s ({self.deadline_s:g}) is longer than interval_s ({self.interval_s:g})"
            )
        # S3: a dead agent must be told within the deadline, else every poll of it ends as a timeout of nobody knows what.
        if self.prober == "snmp" and self.timeout_s * (self.retries + 1) >= self.deadline_s:
            raise ValueError("timeout_s * (retries + 1) must be less than deadline_s")
        if self.which != "all" and not self.looks:
            raise ValueError(f"which: {self.which} is for rtsp and vqd, which look at pictures")
        return self

    @property
    def looks(self) -> bool:
        """Whether it looks at pictures: an analog camera's are its encoder's channel."""
        return self.prober in ("rtsp", "vqd")

    @property
    def wanted(self) -> frozenset[Aspect]:
        """Aspects to read; without any the module's own."""
        if self.aspects:
            return self.aspects
        quick = frozenset({Aspect.IDENTITY, Aspect.CLOCK, Aspect.ENCODERS})
        return quick if self.prober == "onvif" else _DRIFT


class GateConfig(Strict):
    """The gate of this host (``nanxi.gate``): where cameras that it holds are called up."""

    control: Path = Path("/run/nanxi-gate/control")
    port: int = Field(default=8554, ge=1, le=65535)


class TrapsConfig(Strict):
    """Where SNMP traps and informs are received; secrets are those of snmp.yml."""

    address: IPv4Address
    port: int = Field(default=162, ge=1, le=65535)


class Config(Strict):
    """The whole file."""

    inventory: Path
    register_folder: Path | None = Field(default=None, alias="register")
    credentials: Path = Field(
        description="folder with one <unit>.json and snmp.yml, readable by the owner only"
    )
    account: Literal["recorder", "admin"] = "recorder"
    units: frozenset[str] = Field(default=frozenset(), description="only these units' devices; empty: all")
    networks: frozenset[Network] = Field(
        default=frozenset(), description="only devices of these networks are asked; empty: all"
    )
    timeout_offset_s: float = Field(
        default=0.5, ge=0, description="sent this long before Prometheus gives up"
    )
    history: int = Field(default=100, ge=0, le=10_000, description="last probes kept for people to look at")
    modules: dict[str, ModuleConfig] = Field(
        default={}, description="none: only collectors, as on a recorder host"
    )
    collectors: dict[CollectorName, Seconds] = Field(default={"register": 60.0, "guard": 15.0})
    traps: TrapsConfig | None = Field(default=None, description="receive SNMP traps and informs")
    gate: GateConfig | None = Field(default=None, description="rtsp, vqd: the gate of this host")
    recording: Path | None = Field(default=None, description="recorder: the recorder's own configuration")

    @model_validator(mode="after")
    def _at_a_gate(self) -> Config:
        for name, module in self.modules.items():
            if module.which == "recorded_here" and not (self.gate and self.recording):
                raise ValueError(
                    f"modules.{name}: which: recorded_here needs gate and recording of this host"
                )
        if "gate" in self.collectors and self.gate is None:
            raise ValueError("collectors.gate needs gate")
        return self


def load(path: Path) -> Config:
    """Read the configuration.

    Raises:
        InputError: with every mistake of the file. Values are not repeated where they could be secret.
    """
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(
            [Finding(str(path), 0, "", "", error.strerror or "unreadable", "name a file")]
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", -1) + 1
        raise InputError(
            [Finding(str(path), line, "", "", "not YAML", str(getattr(error, "problem", "")))]
        ) from None
    return validated(Config, raw, path)


Model = TypeVar("Model", bound=BaseModel)


def validated(model: type[Model], raw: object, path: Path) -> Model:
    """Return what a file holds as a model.

    Raises:
        InputError: with every mistake.
    """
    try:
        return model.model_validate(raw if raw is not None else {})
    except ValidationError as error:
        raise InputError(
            Finding(
                str(path),
                0,
                ".".join(map(str, one["loc"])),
                repr(one["input"])[:60]
                if one["type"] != "missing" and not isinstance(one["input"], dict)
                else "",
                one["msg"].removeprefix("Value error, "),
                "see exporters/example.yml",
            )
            for one in error.errors()
        ) from None
