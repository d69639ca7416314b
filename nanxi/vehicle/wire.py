"""What vehicle and depot say to one another: one JSON object there, one back, over SSH; and the proof of having a file.

A vehicle ``tell``s what it has, and ``present``s files, each with a nonce. The depot answers for each:

``have``     it is here, durable and indexed, with the proof: HMAC-SHA256 under the nonce over the bytes *read back*;
``want``     it is not here, or not whole: send it, then present it again;
``refused``  it will not be taken, and why.

The vehicle makes the same HMAC over its own copy. So OK is not evidence (D5): a depot that says ``have`` without having the
bytes, or has other bytes than were sent, cannot answer; nor can an old answer be played again.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

#: Bytes of one request or answer; a statement of a month of four cameras is some 100 KB.
MOST = 16 << 20
#: A segment is at most this many bytes: an hour at 32 Mbit/s.
LARGEST = 16 << 30
_BLOCK = 1 << 20
_HEX = re.compile(r"[0-9a-f]{64}")
_NONCE = re.compile(r"[0-9a-f]{32}")

State = Literal["have", "want", "refused"]


class WireError(ValueError):
    """What the other side said is no request or answer of this protocol."""


@dataclass(frozen=True, slots=True)
class Presented:
    """A file that a vehicle presents. ``record`` is a segment's line as in its manifest, None for a track."""

    name: str
    size: int
    sha256: str
    nonce: str
    record: dict[str, Any] | None = None

    def as_record(self) -> dict[str, Any]:
        """Return it as it is sent."""
        return {
            "name": self.name,
            "size": self.size,
            "sha256": self.sha256,
            "nonce": self.nonce,
            "record": self.record,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """A depot's answer about a file."""

    name: str
    state: State
    proof: str = ""
    why: str = ""

    def as_record(self) -> dict[str, Any]:
        """Return it as it is sent."""
        return {"name": self.name, "state": self.state, "proof": self.proof, "why": self.why}


def presented(record: Any) -> Presented:
    """Return the file of a request.

    Raises:
        WireError: with what is wrong.
    """
    if not isinstance(record, dict):
        raise WireError("is no object")
    name, size, sha256 = record.get("name"), record.get("size"), record.get("sha256")
    nonce, known = record.get("nonce"), record.get("record")
    if not isinstance(name, str) or len(name) > 200:
        raise WireError("has no name")
    if not isinstance(size, int) or not 0 < size <= LARGEST:
        raise WireError(f"{name}: its size is out of range")
    if not isinstance(sha256, str) or not _HEX.fullmatch(sha256):
        raise WireError(f"{name}: has no SHA-256")
    if not isinstance(nonce, str) or not _NONCE.fullmatch(nonce):
        raise WireError(f"{name}: has no nonce of 32 hex digits")
    if known is not None and not isinstance(known, dict):
        raise WireError(f"{name}: its record is no object")
    return Presented(name, size, sha256, nonce, known)


def answer(record: Any) -> Answer:
    """Return the answer about a file; WireError as :func:`presented`."""
    if not isinstance(record, dict) or not isinstance(record.get("name"), str):
        raise WireError("an answer without a name")
    state = record.get("state")
    if state not in ("have", "want", "refused"):
        raise WireError(f"{record['name']}: an answer without a state")
    return Answer(record["name"], state, str(record.get("proof", "")), str(record.get("why", ""))[:500])


def proof(path: Path, nonce: str) -> str:
    """Return the proof of having a file, from the disk and not from the kernel's copy of it.

    Raises:
        OSError: it cannot be read.
    """
    made = hmac.new(bytes.fromhex(nonce), digestmod=hashlib.sha256)
    with path.open("rb") as stream:
        os.posix_fadvise(stream.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        while block := stream.read(_BLOCK):
            made.update(block)
    return made.hexdigest()
