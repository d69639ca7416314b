"""Secrets that cannot be mistaken for anything else, and every form in which one could leak."""

import base64
import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

#: Signs that XML, JSON, URLs and shells escape, so that each escape is a form of its own.
_SIGNS = "&<\"'%+ \\"
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True)
class Canary:
    """One secret of 24 characters; ``core`` is the part of it that no escape changes."""

    name: str
    core: str

    @property
    def value(self) -> str:
        """The secret itself."""
        return self.core[:8] + _SIGNS + self.core[8:]

    def forms(self, users: tuple[str, ...], realms: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
        """Yield a name and the bytes of every form: raw or escaped in any way, encoded, hashed."""
        yield "raw or escaped", self.core[8:].encode()
        yield "raw or escaped", self.core[:8].encode()
        yield "quoted for a URL", quote(self.value, safe="").encode()
        for text in (self.value, *(f"{user}:{self.value}" for user in users)):
            yield from (("base64", form) for form in _base64_inside(text.encode()))
            for algorithm in ("md5", "sha1", "sha256"):
                yield algorithm, hashlib.new(algorithm, text.encode()).hexdigest().encode()
        for user in users:
            for realm in realms:
                for algorithm in ("md5", "sha256"):
                    secret = hashlib.new(algorithm, f"{user}:{realm}:{self.value}".encode())
                    yield f"HA1 ({algorithm})", secret.hexdigest().encode()


def _base64_inside(secret: bytes) -> Iterator[bytes]:
    """Yield what base64 makes of the secret at each of the three places it can have inside something longer."""
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + secret)
        # The first and last group depend on what stands around.
        yield coded[4 if shift else 0 : -4]


def canaries(names: list[str]) -> dict[str, Canary]:
    """Return a canary for each name, the same in every run."""
    dice = random.Random("nanxi canaries")
    return {name: Canary(name, "".join(dice.choices(_ALPHABET, k=16))) for name in names}
