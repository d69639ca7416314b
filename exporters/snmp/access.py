"""``snmp.yml`` in the credentials folder: with what to ask which device.

port: 161
default: {version: "3", user: nanxi, auth: sha, auth_password: ..., priv: aes, priv_password: ...}
kinds: {cameras: {version: "2c", community: ...}}
hosts: {county-sw01: {version: "3", user: ...}}
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError

from exporters.credentials import private_text
from nanxi.credentials import ClosedError, CredentialError
from nanxi.devices.snmp.access import Access, Strict
from nanxi.register.model import Device, Kind

FILE = "snmp.yml"


class SnmpAccess(Strict):
    """The file. The most specific entry wins."""

    port: Annotated[int, Field(ge=1, le=65535)] = 161
    default: Access | None = None
    kinds: dict[Kind, Access] = Field(default={})
    hosts: dict[str, Access] = Field(default={})

    def of(self, device: Device) -> Access:
        """Return how to ask a device.

        Raises:
            CredentialError: the file does not say.
        """
        access = self.hosts.get(device.host) or self.kinds.get(device.kind) or self.default
        if access is None:
            raise CredentialError(
                f"{FILE} says nothing of {device.host}, of {device.kind.value}, or by default"
            )
        return access


def load(folder: Path) -> SnmpAccess:
    """Read the file.

    Raises:
        CredentialError: it is missing.
        ClosedError: others can read it, or it is wrong; the text names places, never values.
    """
    path = folder / FILE
    text = private_text(path)
    try:
        return SnmpAccess.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError:
        raise ClosedError(f"{path} is not YAML") from None
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ClosedError(f"{path}: {wrong}") from None
