"""The fleet file (``inventory/lab/twins.yml``): which device of the register is which kind of twin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from lab.twin.profile import QUIRKS, Make, Profile, build_profile, plain_profile, profile_of_vendor
from lab.twin.strict import Strict
from nanxi.findings import Finding, InputError


class HostEntry(Strict):
    """What differs for one device."""

    profile: str | None = None
    quirks: tuple[str, ...] = ()
    power: bool = Field(default=True, description="false: dead, nothing answers at TCP")
    overrides: dict[str, Any] = Field(default_factory=dict, description="laid over profile and quirks")
    why: str = Field(default="", description="what the entry is there for")


class FleetConfig(Strict):
    """Profiles by vendor and by host. What is not named here follows from the vendor names in the profiles."""

    vendors: dict[str, str] = Field(default_factory=dict, description="profile by the register's vendor")
    quirks: tuple[str, ...] = Field(default=(), description="of every twin")
    hosts: dict[str, HostEntry] = Field(default_factory=dict)

    def entry(self, host: str) -> HostEntry:
        """Return what the file says of one device."""
        return self.hosts.get(host, HostEntry())

    def profile(self, host: str, make: Make) -> Profile:
        """Return the profile of one device; equal devices share the object."""
        entry = self.entry(host)
        name = entry.profile or self.vendors.get(make.vendor) or profile_of_vendor(make.vendor, make.kind)
        quirks = self.quirks + entry.quirks
        if entry.overrides:
            return build_profile(name, quirks, entry.overrides, make.channels)
        return plain_profile(name, quirks, make.channels)


def read_fleet_file(path: Path, makes: Mapping[str, Make]) -> FleetConfig:
    """Return a fleet file's content.

    Args:
        path: the file.
        makes: what each device of the register is, by host.

    Raises:
        InputError: with every mistake: unknown fields, hosts, profiles and quirks, overrides that do not fit.
    """
    try:
        config = FleetConfig.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
    except ValidationError as error:
        raise InputError(_explain(path, (), error)) from None
    if findings := list(_mistakes(path, config, makes)):
        raise InputError(findings)
    return config


def _mistakes(path: Path, config: FleetConfig, makes: Mapping[str, Make]) -> Iterator[Finding]:
    for host in config.hosts:
        if host not in makes:
            yield _finding(
                path, f"hosts.{host}", host, "no such device in the register", "correct or remove it"
            )
            continue
        try:
            config.profile(host, makes[host])
        except FileNotFoundError as error:
            name = Path(error.filename)
            what = f"no such {'quirk' if name.parent == QUIRKS else 'profile'}"
            yield _finding(path, f"hosts.{host}", name.stem, what, f"see {name.parent.name}/")
        except ValidationError as error:
            yield from _explain(path, ("hosts", host, "overrides"), error)


def _explain(path: Path, above: tuple[str, ...], error: ValidationError) -> Iterator[Finding]:
    for one in error.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in (*above, *one["loc"]))
        yield _finding(path, place, "", one["msg"], "")


def _finding(path: Path, place: str, found: str, problem: str, remedy: str) -> Finding:
    return Finding(str(path), 0, place, found, problem, remedy, "fleet")
