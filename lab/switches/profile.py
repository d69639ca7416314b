"""A switch as data: hardware, the configuration it is delivered with, and how its software behaves.

``profiles/<name>.yml`` may extend another profile; quirks (``quirks/<id>.yml``) and a test's own overrides are laid
over it, mappings key by key.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

import jinja2
import yaml
from pydantic import Field

from lab.twin.layers import merge
from lab.twin.strict import Strict

PROFILES = Path(__file__).parent / "profiles"
QUIRKS = Path(__file__).parent / "quirks"

DialectName = Literal["huawei_vrp", "hp_comware", "ruijie_os", "cisco_ios"]


class Refusal(Strict):
    """A line that the device does not take."""

    pattern: str = Field(description="regular expression, searched in the line as typed")
    says: str = Field(default="", description='what it says; "" is what it says to a line it does not know')


class Traits(Strict):
    """How the software behaves; quirks set these."""

    sessions: int = Field(default=5, ge=1, description="virtual terminals that can be in use at once")
    banner: str = Field(default="", description="said at sign-in, before anything else")
    login_question: Literal["", "change-password", "weak-password", "security-risk"] = Field(
        default="", description="asked before the first prompt (N1, N2)"
    )
    login_delay_s: float = Field(default=0.0, ge=0, description="before the first prompt (N1)")
    read_only: bool = Field(default=False, description="the first prompt is that before enable (N2)")
    read_only_prompt: str = Field(default=">", description="how that prompt ends (Ruijie: $, N2)")
    prompt_prefix: str = Field(default="", description="before every prompt: an H3C pair has RBM_P (N3)")
    two_phase: bool = Field(default=False, description="VRP8: changes wait for commit")
    timed_rollback: bool = Field(default=True, description="the system's own command for it is there")
    delay_unit_s: int = Field(
        default=60, description="what Comware's delay-time counts; no manual at hand names the unit"
    )
    link_type_change: Literal["refuses", "resets"] = Field(
        default="resets", description="VRP: a port with VLANs of its old link type"
    )
    height: int = Field(default=24, ge=0, description="lines of a page")
    drops_after_lines: int | None = Field(default=None, ge=0, description="of each session")
    refuses: tuple[Refusal, ...] = ()
    save_fails: bool = Field(default=False, description="the flash memory is full")
    slow_s: float = Field(default=0.0, ge=0, description="before each reply")
    boot_s: float = Field(default=0.2, ge=0, description="how long a reboot keeps it silent")
    host_key: Literal["ssh-ed25519", "ssh-rsa", "ecdsa-sha2-nistp256"] = "ssh-ed25519"


class Ports(Strict):
    """Ports of one kind, numbered from ``first``; ``count`` 0: as many as the register says."""

    prefix: str
    count: int = Field(default=0, ge=0)
    first: int = 1


class Profile(Strict):
    """One model."""

    title: str
    dialect: DialectName
    vendors: tuple[str, ...] = ()
    model: str
    version: str
    mac: str = Field(default="00:e0:fc:00:00:01", description="of the switch itself")
    ports: tuple[Ports, ...] = Field(min_length=1)
    startup: str = Field(
        description="Jinja2: host, address, prefix_length, mask, vlan, uplink, gateway, user, password"
    )
    traits: Traits = Traits()

    def port_names(self, count: int) -> tuple[str, ...]:
        """Return the names of its ports; ``count`` is the register's."""
        return tuple(
            f"{kind.prefix}{number}"
            for kind in self.ports
            for number in range(kind.first, kind.first + (kind.count or count))
        )

    def delivered(self, **values: Any) -> str:
        """Return the configuration that a switch is delivered with."""
        environment = jinja2.Environment(undefined=jinja2.StrictUndefined, trim_blocks=True, autoescape=False)  # noqa: S701 - not HTML
        return environment.from_string(self.startup).render(values)


class Quirk(Strict):
    """One deviation, laid over any profile that it suits."""

    id: str
    title: str
    seen_in: tuple[str, ...] = ()
    shows: str
    traits: dict[str, Any]


@cache
def _read(name: str) -> Mapping[str, Any]:
    data: dict[str, Any] = yaml.safe_load((PROFILES / f"{name}.yml").read_text("utf-8"))
    base = data.pop("extends", None)
    return merge(_read(base), data) if base else data


@cache
def read_quirk(quirk: str) -> Quirk:
    """Return the quirk with that id.

    Raises:
        FileNotFoundError: there is none.
        pydantic.ValidationError: its file is wrong.
    """
    return Quirk.model_validate(yaml.safe_load((QUIRKS / f"{quirk}.yml").read_text("utf-8")))


def build_profile(
    name: str, quirks: tuple[str, ...] = (), traits: Mapping[str, Any] | None = None
) -> Profile:
    """Return a profile with quirks and a device's own traits laid over it.

    Raises:
        FileNotFoundError: no profile or quirk has that name.
        pydantic.ValidationError: the layers do not fit together.
    """
    data = _read(name)
    for quirk in quirks:
        data = merge(data, {"traits": read_quirk(quirk).traits})
    return Profile.model_validate(merge(data, {"traits": dict(traits or {})}))


@cache
def profile_of_platform(platform: str) -> str:
    """Return the profile that a register's platform gets: the file of the same name."""
    if not (PROFILES / f"{platform}.yml").exists():
        raise FileNotFoundError(f"no profile for the platform {platform}")
    return platform
