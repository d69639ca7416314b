"""With what each device is asked by SNMP: the vault's keys in the shape of the exporters' ``snmp.yml`` (pure).

The one source for all sides: roles and switch templates write the same user and keys into the devices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nanxi.credentials.store import CredentialError, Store
from nanxi.devices.declare import SNMP_AUTH, SNMP_PRIVACY, SNMP_USER
from nanxi.devices.driver import Secret
from nanxi.register.model import Device, Kind

#: What the kinds are configured for: net-snmp by roles/host_baseline, switches by nanxi/devices/switch/templates (SHA-1 is
#: the most that VRP5, Comware 5 and IOS 12 have in common), recorders by hand.
_DIGESTS = {Kind.HOST: "sha256", Kind.SWITCH: "sha", Kind.NVR: "sha"}


def access(device: Device, passwords: Mapping[str, Secret]) -> dict[str, str] | None:
    """Return how to ask one device, None when the vault has no SNMP keys of it."""
    if not {SNMP_AUTH, SNMP_PRIVACY} <= passwords.keys():
        return None
    return {
        "version": "3",
        "user": SNMP_USER,
        "auth": _DIGESTS.get(device.kind, "sha"),
        "auth_password": passwords[SNMP_AUTH].value,
        "priv": "aes",
        "priv_password": passwords[SNMP_PRIVACY].value,
    }


def snmp_file(devices: Iterable[Device], store: Store) -> dict[str, Any]:
    """Return the content of ``snmp.yml`` for those of ``devices`` whose keys the vault has.

    Raises:
        ClosedError: a file of the vault cannot be opened.
    """
    hosts: dict[str, dict[str, str]] = {}
    for device in sorted(devices, key=lambda one: one.host):
        if found := access(device, _passwords(device, store)):
            hosts[device.host] = found
    return {"hosts": hosts}


def _passwords(device: Device, store: Store) -> Mapping[str, Secret]:
    if not store.path(device.unit).exists():
        return {}
    try:
        return store.passwords(device.unit, device.host)
    except CredentialError as error:
        if type(error) is not CredentialError:
            raise
        return {}  # the vault does not know this one
