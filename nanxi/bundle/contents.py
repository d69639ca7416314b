"""What must be in a bundle: the packages that the roles name themselves, so that no second list can be behind."""

from __future__ import annotations

from pathlib import Path

import yaml

from nanxi.findings import Finding, InputError

#: Every role's default with this ending is a list of Debian packages.
SUFFIX = "_packages"


def packages(roles: Path) -> tuple[str, ...]:
    """Return the Debian packages of every role below ``roles``, sorted.

    Raises:
        InputError: a role's list is no list of names.
    """
    wanted: set[str] = set()
    findings = []
    for file in sorted(roles.glob("*/defaults/main.yml")):
        for name, value in (yaml.safe_load(file.read_text("utf-8")) or {}).items():
            if not name.endswith(SUFFIX):
                continue
            if isinstance(value, list) and all(isinstance(one, str) and one for one in value):
                wanted |= set(value)
            else:
                where = f"{file.parents[1].name}/defaults/main.yml"
                findings.append(
                    Finding(
                        where, 0, name, str(value)[:60], "no list of package names", "write one name a line"
                    )
                )
    if findings:
        raise InputError(findings)
    return tuple(sorted(wanted))
