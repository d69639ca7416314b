"""The fleet file (``inventory/lab/twins.yml``): which device of the register is which kind of twin."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from lab.twin.profile import Profile, build_profile, plain_profile, profile_of_vendor
from lab.twin.settings import Strict


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

    def profile(self, host: str, vendor: str) -> Profile:
        """Return the profile of one device; equal devices share the object."""
        entry = self.entry(host)
        name = entry.profile or self.vendors.get(vendor) or profile_of_vendor(vendor)
        quirks = self.quirks + entry.quirks
        return (
            build_profile(name, quirks, entry.overrides) if entry.overrides else plain_profile(name, quirks)
        )


def read_fleet_file(path: Path) -> FleetConfig:
    """Return a fleet file's content.

    Raises:
        pydantic.ValidationError: it is wrong.
    """
    return FleetConfig.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
