"""Since when a camera is due on this host: from when the host was first told to record it, not before.

The register says when a camera was put into use (启用时间), which may be years before this host was set up, or before the
camera moved here: of what was not its to record nothing is missing. The index remembers when that was; the keeper writes it.
"""

from __future__ import annotations

from collections.abc import Collection

from nanxi.recording.config import RecordingConfig
from nanxi.recording.database import version
from nanxi.recording.index import Index
from nanxi.recording.timeline import HOUR_MS

#: Later than any footage, Unix time in ms.
NEVER = 1 << 62
#: The version of the index from which on it remembers.
_SINCE_VERSION = 3

#: When the first footage of ``due.camera`` begins, ms; names of a clock that was not believed tell no age.
_FIRST = """(SELECT start * 1000 FROM segment WHERE camera = (SELECT id FROM camera WHERE host = due.camera) AND unsync = 0
             ORDER BY start LIMIT 1)"""
#: The same of footage that went by retention, of which only the hours' sums are left.
_GONE = f"""(SELECT MIN((hour + 1) * {HOUR_MS} - recorded_ms) FROM past
             WHERE camera = (SELECT id FROM camera WHERE host = due.camera))"""  # noqa: S608 - our own constants
_NEW = "INSERT OR IGNORE INTO due VALUES (?, ?) RETURNING camera"
_LOWER = "UPDATE due SET since_ms = {0} WHERE camera = ? AND since_ms > {0}"
_READ = f"SELECT camera, MIN(since_ms, COALESCE({_FIRST}, since_ms)) FROM due"  # noqa: S608 - as above


def note(index: Index, cameras: Collection[str], now_ms: int) -> None:
    """Remember cameras that this host is told to record; those that are known already stay as they are.

    An index that was made again, or that older programs kept, knows nothing of it: then the first footage tells. What is
    found later, on a disk that was not mounted, tells it too.

    Args:
        index: of this host.
        cameras: those that it records itself.
        now_ms: Unix time in ms by a clock that is believed: 1970 would accuse a new host, and next year excuse a dead camera.

    Raises:
        IndexFailedError: nothing of it is remembered; the next start does it.
    """
    with index.writing() as connection:
        for camera in sorted(cameras):
            if connection.execute(_NEW, (camera, now_ms)).fetchall():
                connection.execute(_LOWER.format(_GONE), (camera,))
            connection.execute(_LOWER.format(_FIRST), (camera,))


def due_since(config: RecordingConfig, index: Index) -> dict[str, int]:
    """Return since when each camera's footage is due here, Unix time in ms; what vehicles bring never is.

    It is the later of what the register says and of when this host was told. Where the index does not know, because no
    keeper ever ran, the register's stands: a host whose keeper is dead from the first day is not excused.

    Raises:
        IndexFailedError: the index cannot be read.
    """
    with index.reading() as connection:
        # A reader may be there before the keeper of the new version was started.
        known = version(connection) >= _SINCE_VERSION
        told = dict(connection.execute(_READ).fetchall()) if known else {}
    own = config.own
    return {
        camera: max(promise.since * 1000, told.get(camera, 0)) if camera in own else NEVER
        for camera, promise in config.cameras.items()
    }
