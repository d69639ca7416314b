"""How a device fared in a survey or a converge, in words that a person can act on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from nanxi.devices.state import Change, DeviceState


class Verdict(StrEnum):
    """One word per device; the closing summary counts them by unit."""

    DECLARED = "declared"  # as declared, nothing to do
    DRIFTED = "drifted"  # survey or check mode: differs
    CHANGED = "changed"  # converged: differed, was changed, and read back as declared
    NOT_APPLIED = "not_applied"  # the device said OK and changed nothing (O14, D5)
    UNREACHABLE = "unreachable"  # no TCP connection, or no answer in time
    REFUSED = "refused"  # the credential was refused
    LOCKED = "locked"  # the lock-out guard holds: nothing was sent
    HOSTILE = (
        "hostile"  # answered, but not with anything a camera may say (HTML, endless bytes, half a reply)
    )
    FAILED = "failed"  # any other reason, named


@dataclass(frozen=True, slots=True)
class Outcome:
    """Result for one device.

    ``reason`` is empty for DECLARED and CHANGED. ``changes`` may then still hold findings: changes that are not
    applicable (the device cannot do it, or nobody asked for it) do not make a device DRIFTED. ``texts`` is what
    differs, before and after, of a device whose configuration is text; no secret is in it. ``untouched`` says of a
    switch that nothing was sent which changes it.
    """

    host: str
    verdict: Verdict
    reason: str = ""
    changes: tuple[Change, ...] = ()
    state: DeviceState | None = None
    texts: tuple[str, str] | None = None
    untouched: bool = False
