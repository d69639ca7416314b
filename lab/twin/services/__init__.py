"""The operations, one module per concern; importing this package fills the table."""

from lab.twin.services import (  # noqa: F401 - each registers its operations
    device_accounts,
    device_clock,
    device_identity,
    device_network,
    device_system,
    imaging,
    media,
    media2,
    osd,
    receiver,
    recording,
    recording_jobs,
    replay,
    search,
    search_events,
)
from lab.twin.services.table import OPERATIONS, Call, Operation

__all__ = ["OPERATIONS", "Call", "Operation"]
