"""The passwords that an exporter needs: files that only its owner can read, without the vault's key.

``<unit>.json`` has the shape of the vault's file, decrypted, and should hold only the account that may look:
``{"shangtang-cam0001": {"recorder": "..."}}``. ``snmp.yml`` is read by :mod:`exporters.snmp.access`. Whoever
configures the host decrypts them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from nanxi.credentials import ClosedError, CredentialError
from nanxi.devices.driver import Credential, Secret


class Passwords:
    """The folder of one exporter; offers what ``nanxi.fleet.jobs`` asks of a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._units: dict[str, dict[str, dict[str, Secret]]] = {}

    def passwords(self, unit: str, host: str) -> Mapping[str, Secret]:
        """Return the passwords of ``host`` by account.

        Raises:
            CredentialError: there is none.
            ClosedError: the unit's file cannot be used.
        """
        if unit not in self._units:
            self._units[unit] = _load(self.folder / f"{unit}.json")
        accounts = self._units[unit].get(host)
        if not accounts:
            raise CredentialError(f"{self.folder / f'{unit}.json'} has no password of {host}")
        return accounts

    def factory(self, vendor: str) -> tuple[Credential, ...]:  # noqa: ARG002 - the store's signature
        """Return nothing: an exporter never tries a maker's password (C2)."""
        return ()


def private_text(path: Path) -> str:
    """Return the text of a file that must be its owner's alone.

    Raises:
        CredentialError: it is missing.
        ClosedError: others can read it, or it is no text.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise ClosedError(f"{path} can be read by others; chmod 600 it")
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise CredentialError(f"{path} is missing") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ClosedError(f"{path} cannot be read: {type(error).__name__}") from None


def _load(path: Path) -> dict[str, dict[str, Secret]]:
    try:
        raw = json.loads(private_text(path))
        return {
            str(host): {str(name): Secret(_word(password)) for name, password in accounts.items()}
            for host, accounts in raw.items()
        }
    except (ValueError, AttributeError, TypeError):  # the text of these errors quotes the file: not shown
        raise ClosedError(f"{path} is not {{host: {{account: password}}}} in JSON") from None


def _word(password: object) -> str:
    if not isinstance(password, str) or not password:
        raise TypeError
    return password
