"""What probers share: the estate in use, credentials, the lock-out guard, keys of SNMP. Reloaded as a whole, never by halves."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace

from exporters.config import Config, ModuleConfig
from exporters.credentials import Passwords
from nanxi import estate as estates
from nanxi.credentials import ClosedError, CredentialError
from nanxi.devices.assess import Job
from nanxi.devices.driver import Credential
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.snmp.access import KeyRing
from nanxi.estate import Estate
from nanxi.findings import InputError
from nanxi.fleet.jobs import job, shared_guard
from nanxi.recorder.render import recorded_in_use
from nanxi.recording.config import load_config
from nanxi.register.model import Device

_LOG = logging.getLogger(__name__)


@dataclass(slots=True)
class Loaded:
    """One reading of plan, register and credentials; ``jobs`` are made when first asked for."""

    estate: Estate
    passwords: Passwords
    at: float
    jobs: dict[str, Job]


class Services:
    """Everything that a probe may ask for.

    Raises:
        InputError: plan or register is wrong at the start. Later the last good ones stay in use.
    """

    def __init__(self, config: Config, guard: LockoutGuard | None = None) -> None:
        self.config = config
        self.guard = guard or shared_guard()
        self.keys = KeyRing()
        self.findings = 0
        self._loaded = self._read()

    @property
    def estate(self) -> Estate:
        """Plan and register in use."""
        return self._loaded.estate

    @property
    def loaded_at(self) -> float:
        """Unix time at which they were read."""
        return self._loaded.at

    @property
    def passwords(self) -> Passwords:
        """Credentials in use."""
        return self._loaded.passwords

    def devices(self) -> list[Device]:
        """Return the devices that this exporter is about."""
        units = self.config.units
        return [one for one in self.estate.devices.values() if not units or one.unit in units]

    def watched(self) -> list[Device]:
        """Return those of them that this exporter may ask: a host reaches one network only."""
        networks = self.config.networks
        return [one for one in self.devices() if not networks or one.network in networks]

    def recorded_here(self) -> frozenset[str]:
        """Return the cameras that this host records, as its recorder was told; none while that cannot be read."""
        try:
            return frozenset(load_config(self.config.recording).own) if self.config.recording else frozenset()
        except InputError as error:  # told by nanxi_recording_index_readable
            _LOG.warning("nobody is called up here: %s", error)
            return frozenset()

    def candidates(self, module: ModuleConfig) -> list[Device]:
        """Return the devices among which a module finds those that it polls."""
        if module.which == "all":
            return self.watched()
        if module.which == "unrecorded":
            elsewhere = recorded_in_use(self.estate)
            return [one for one in self.watched() if one.host not in elsewhere]
        here = self.recorded_here()
        return [one for one in self.watched() if one.host in here]

    def device(self, host: str) -> Device | None:
        """Return a device to ask by its host name and nothing else: no address, no other spelling (S6)."""
        device, config = self.estate.devices.get(host), self.config
        if device is None or (config.units and device.unit not in config.units):
            return None
        return device if not config.networks or device.network in config.networks else None

    def job(self, host: str) -> Job:
        """Return how to speak to a device, with the exporter's account only.

        Raises:
            UndeclaredError: register and plan do not say enough.
            CredentialError: there is no password.
        """
        loaded = self._loaded
        if host not in loaded.jobs:
            made = job(loaded.estate, loaded.passwords, host)
            account = self.config.account
            password = made.target.passwords.get(account)
            if password is None:
                raise CredentialError(f"there is no password of the account {account!r} of {host}")
            target = replace(made.target, credentials=(Credential(account, password, "exporter"),))
            loaded.jobs[host] = replace(made, target=target)
        return loaded.jobs[host]

    def reload(self) -> bool:
        """Read everything anew; return whether that went well. Mistakes are logged and the last good ones stay."""
        try:
            self._loaded = self._read()
        except (InputError, ClosedError) as error:
            self.findings = len(error.findings) if isinstance(error, InputError) else 1
            _LOG.error("the register is not reloaded: %s", error)
            return False
        self.findings = 0
        return True

    def _read(self) -> Loaded:
        estates._load.cache_clear()  # noqa: SLF001 - the cache is per process, and this process lives long
        estate = estates.load_estate(self.config.inventory, self.config.register_folder)
        return Loaded(estate, Passwords(self.config.credentials), time.time(), {})
