"""How to sign in to an agent: a community (v2c), or a user with authentication and privacy (v3, USM of RFC 3414).

A password becomes a key by hashing a megabyte (some 2 ms), which would be most of a poll's cost. So the master key is made
once per password, and the key localised to an agent's engine is kept with the engine's id per device.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

from gufo.snmp import Aes128Key, Aes256Key, DesKey, Md5Key, Sha1Key, Sha256Key, Sha512Key, User
from gufo.snmp.user import BaseAuthKey, BasePrivKey, KeyType
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from nanxi.devices.driver import Credential, Secret

_AUTH: dict[str, type[BaseAuthKey]] = {
    "md5": Md5Key,
    "sha": Sha1Key,
    "sha256": Sha256Key,
    "sha512": Sha512Key,
}
_PRIV: dict[str, type[BasePrivKey]] = {"des": DesKey, "aes": Aes128Key, "aes256": Aes256Key}

#: RFC 3414: shorter passwords are refused by most agents, and net-snmp's tools refuse them, too.
Password = Annotated[SecretStr, Field(min_length=8)]


class Strict(BaseModel):
    """Unknown options are mistakes; inputs are not repeated in errors, they may be secret."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Community(Strict):
    """SNMPv2c. The community goes over the wire in clear."""

    version: Literal["2c"]
    community: Annotated[SecretStr, Field(min_length=1)]


class UserAccess(Strict):
    """SNMPv3 authPriv; weaker levels are not offered."""

    version: Literal["3"]
    user: Annotated[str, Field(min_length=1)]
    auth: Literal["md5", "sha", "sha256", "sha512"] = "sha"
    auth_password: Password
    priv: Literal["des", "aes", "aes256"] = "aes"
    priv_password: Password

    @property
    def credential(self) -> Credential:
        """User and both passwords as the lock-out guard knows them."""
        words = (self.auth, self.auth_password, self.priv, self.priv_password)
        return Credential(
            self.user,
            Secret(" ".join(one if isinstance(one, str) else one.get_secret_value() for one in words)),
            "snmp",
        )


Access = Annotated[Community | UserAccess, Field(discriminator="version")]


@dataclass
class KeyRing:
    """Keys by password and by device; one per process."""

    _masters: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False)
    _engines: dict[str, bytes] = field(default_factory=dict)
    _last: dict[str, bytes] = field(default_factory=dict)
    _localised: dict[tuple[str, str, str], bytes] = field(default_factory=dict, repr=False)

    def engine(self, host: str) -> bytes | None:
        """Return the id of the device's engine, None before it was met."""
        return self._engines.get(host)

    def last_engine(self, host: str) -> bytes | None:
        """Return the id of the engine that was met last, also while the device is silent: what it says first is its own."""
        return self._last.get(host)

    def learn(self, host: str, engine_id: bytes) -> None:
        """Remember the engine's id; keys of another one are dropped."""
        if engine_id:
            self._last[host] = engine_id
        if engine_id and self._engines.get(host) != engine_id:
            self.forget(host)
            self._engines[host] = engine_id

    def forget(self, host: str) -> None:
        """Forget a device: it may have been swapped, and its engine with it."""
        self._engines.pop(host, None)
        for key in [key for key in self._localised if key[0] == host]:
            del self._localised[key]

    def user(self, access: UserAccess, host: str) -> User:
        """Return the user, with localised keys once the engine is known."""
        auth, priv = _AUTH[access.auth], _PRIV[access.priv]
        engine = self._engines.get(host)
        kind = KeyType.Localized if engine else KeyType.Master
        passwords = (access.auth_password.get_secret_value(), access.priv_password.get_secret_value())
        keys = [self._key(auth, password, host, engine) for password in passwords]
        return User(access.user, auth_key=auth(keys[0], key_type=kind), priv_key=priv(keys[1], key_type=kind))

    def _key(self, auth: type[BaseAuthKey], password: str, host: str, engine: bytes | None) -> bytes:
        name = auth.__name__
        master = self._masters.get((name, password))
        if master is None:
            master = self._masters[name, password] = auth.get_master_key(password.encode())
        if engine is None:
            return master
        place = (host, name, password)
        if place not in self._localised:
            self._localised[place] = auth.get_localized_key(master, engine)
        return self._localised[place]
