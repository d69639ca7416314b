"""What a person must ask for by name before it is done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Consent:
    """What this run may do beyond making devices as declared; without it the difference is a finding.

    Attributes:
        change_network: change a device's address, prefix length, gateway; a mistake needs a visit to the pole.
        remove_extra: remove an NVR's inputs that the register does not have.
    """

    change_network: bool = False
    remove_extra: bool = False


NO_CONSENT = Consent()
