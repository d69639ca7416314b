"""Read the credentials of an inventory: ``credentials/<unit>.json`` (in the vault) and ``credentials/factory.json``.

A unit's file is ``{host: {"admin": password, "recorder": password}}``; ``factory.json`` is
``{vendor: [{"user": ..., "password": ...}]}`` and may stay in the clear, since makers print those passwords.
How to decrypt is the caller's: plugins and scripts pass what Ansible knows, and this library stays free of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from nanxi.devices.driver import Credential, Secret
from nanxi.findings import NanxiError

#: Turns the content of a vault file into its plain text; raises CredentialError.
Decrypt = Callable[[bytes], bytes]

#: First bytes of every Ansible-vault file.
VAULT_HEADER = b"$ANSIBLE_VAULT;"

FACTORY = "factory.json"

Text = Annotated[str, StringConstraints(min_length=1, strict=True)]
#: Account name -> password, by host name.
Passwords = dict[str, dict[str, str]]


class CredentialError(NanxiError):
    """The vault cannot give what is needed; the text names file and host, never a secret."""


class ClosedError(CredentialError):
    """A file of the vault cannot be opened or understood: a mistake of the run, not of one device."""


class FactoryAccount(BaseModel):
    """One account that a maker ships its cameras with."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    user: Text
    password: str = Field(repr=False)


_PASSWORDS = TypeAdapter(dict[Text, dict[Text, Text]], config=ConfigDict(hide_input_in_errors=True))
_FACTORY = TypeAdapter(dict[Text, list[FactoryAccount]], config=ConfigDict(hide_input_in_errors=True))
T = TypeVar("T")


class Store:
    """The credentials of one inventory; every file is read once and then kept, also by forked workers."""

    def __init__(self, inventory: Path, decrypt: Decrypt) -> None:
        self.folder = inventory / "credentials"
        self._decrypt = decrypt
        self._units: dict[str, Passwords] = {}

    def passwords(self, unit: str, host: str) -> Mapping[str, Secret]:
        """Return the password of each declared account of ``host``, by account name.

        Raises:
            CredentialError: the unit's file is missing or knows no such host. Nothing may be sent to a device
                whose password is not durably in the vault.
            ClosedError: the file cannot be opened.
        """
        accounts = self.unit(unit).get(host)
        if not accounts:
            raise CredentialError(
                f"the vault has no password of {host} ({self.path(unit)}); run `scripts/credentials new`"
            )
        return {name: Secret(password) for name, password in accounts.items()}

    def factory(self, vendor: str) -> tuple[Credential, ...]:
        """Return the accounts that ``vendor`` ships its cameras with, in the order to try."""
        return self._factory.get(vendor.casefold(), ())

    def unit(self, unit: str) -> Passwords:
        """Return all passwords of a unit.

        Raises:
            CredentialError: as for ``passwords``.
        """
        if unit not in self._units:
            path = self.path(unit)
            content = _read(path)
            if not content.startswith(VAULT_HEADER):
                raise ClosedError(f"{path} is not encrypted; run `ansible-vault encrypt {path}`")
            self._units[unit] = _parse(path, self._open(path, content), _PASSWORDS)
        return self._units[unit]

    def load_all(self) -> None:
        """Read every file now.

        Raises:
            CredentialError: one of them cannot be read.
        """
        for path in sorted(self.folder.glob("*.json")):
            if path.name != FACTORY:
                self.unit(path.stem)
        _ = self._factory

    def path(self, unit: str) -> Path:
        """Return the file of a unit."""
        return self.folder / f"{unit}.json"

    @cached_property
    def _factory(self) -> dict[str, tuple[Credential, ...]]:
        path = self.folder / FACTORY
        if not path.exists():
            return {}
        vendors = _parse(path, self._open(path, _read(path)), _FACTORY)
        return {
            vendor.casefold(): tuple(
                Credential(one.user, Secret(one.password), "factory") for one in accounts
            )
            for vendor, accounts in vendors.items()
        }

    def _open(self, path: Path, content: bytes) -> bytes:
        if not content.startswith(VAULT_HEADER):
            return content
        try:
            return self._decrypt(content)
        except CredentialError as error:
            raise ClosedError(f"{path}: {error}") from None


def open_store(inventory: Path | str, decrypt: Decrypt) -> Store:
    """Return the credentials of an inventory folder, the same store for the whole process."""
    root = Path(inventory).resolve()
    if root not in _STORES:
        _STORES[root] = Store(root, decrypt)
    return _STORES[root]


_STORES: dict[Path, Store] = {}


def _read(path: Path) -> bytes:
    """Return the content of a file that is on the disk, not only in its cache.

    A camera may get its password from what is read here, and a power cut right after must not lose it (C7):
    whoever wrote the file, an editor included, it is synchronised before it is believed. A clean file costs nothing.
    """
    try:
        with path.open("rb") as file:
            os.fsync(file.fileno())
            return file.read()
    except FileNotFoundError:
        raise CredentialError(f"{path} is missing; run `scripts/credentials new`") from None
    except OSError as error:
        raise ClosedError(f"{path}: {error.strerror}") from None


def _parse(path: Path, content: bytes, adapter: TypeAdapter[T]) -> T:
    try:
        return adapter.validate_json(content)
    except ValidationError as error:
        # The value may be a secret: only the place and the kind of mistake are told.
        details = error.errors(include_url=False, include_context=False, include_input=False)
        places = ", ".join(
            f"{'.'.join(map(str, one['loc'])) or 'the file'} ({one['type']})" for one in details[:5]
        )
        raise ClosedError(f"{path}: not what a credentials file may hold: {places}") from None
