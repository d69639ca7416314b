"""Everything that a program on a recorder host needs of its recordings, opened by the host's configuration."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from nanxi.recording import believed
from nanxi.recording.believed import believable
from nanxi.recording.config import RecordingConfig, load_config
from nanxi.recording.due import due_since, note
from nanxi.recording.errors import RecordingError, VolumeGoneError
from nanxi.recording.events import Events
from nanxi.recording.footage.log import RetrievalLog
from nanxi.recording.holds import Holds
from nanxi.recording.index import Index
from nanxi.recording.keeping import Keeper
from nanxi.recording.mend import Mended, mend
from nanxi.recording.onboard import BoardKeeper
from nanxi.recording.statements import Statements
from nanxi.recording.volumes import Volume, open_volumes


@dataclass(frozen=True, slots=True)
class Host:
    """One recorder host. ``gone`` names the volumes that are not mounted: what lies on them is left alone."""

    config: RecordingConfig
    index: Index
    volumes: dict[str, Volume]
    events: Events
    holds: Holds
    log: RetrievalLog
    gone: tuple[str, ...] = field(default=())

    def keeper(self) -> Keeper:
        """Return the host's retention; on board it is another one, whoever asks for it."""
        if self.config.on_board is not None:
            return BoardKeeper(self.index, self.volumes, self.config, self.holds)
        return Keeper(self.index, self.volumes, self.config, self.holds)

    def rebuild(self) -> tuple[Mended, int, int]:
        """Make an empty index from files and journals; return what was done, and how many events and holds came back."""
        done = mend(self.index, self.volumes, self.events)
        if believable(self.config.index.with_name(believed.FILE), trust=self.config.trust_clock):
            note(self.index, self.config.own, time.time_ns() // 1_000_000)
        return done, self.events.restore(), self.holds.restore()

    def due_since(self) -> dict[str, int]:
        """Return since when each camera is due here, Unix time in ms."""
        return due_since(self.config, self.index)

    def known(self, camera: str) -> None:
        """Refuse a camera that neither configuration nor index knows.

        Raises:
            RecordingError: with what is known.
        """
        if camera not in self.config.cameras and camera not in self.index.cameras():
            raise RecordingError(
                f"{camera} is not recorded on this host; `scripts/recordings standing` lists those that are"
            )


@contextmanager
def open_host(path: Path | None = None, *, make_index: bool = False) -> Iterator[Host]:
    """Open the host of the configuration at ``path``; see ``load_config`` for its default.

    Raises:
        InputError: the configuration is wrong.
        RecordingError: no volume is mounted, or there is no index and ``make_index`` is not set.
    """
    config = load_config(path)
    mounted, gone = [], []
    for volume in config.volumes:
        try:
            open_volumes([volume])
            mounted.append(volume)
        except VolumeGoneError as error:
            gone.append(str(error))
    if not mounted:
        raise RecordingError("; ".join(gone))
    if not make_index and not config.index.exists():
        raise RecordingError(
            f"{config.index}: there is no index; `scripts/recordings rebuild` makes it from the files"
        )
    config.index.parent.mkdir(parents=True, exist_ok=True)
    volumes = dict(open_volumes(mounted))
    paths = [volume.path for volume in volumes.values()]
    with Index(config.index) as index:
        yield Host(
            config,
            index,
            volumes,
            Events(index, paths, Statements(config.statements) if config.statements else None),
            Holds(index, paths),
            RetrievalLog(config.log),
            tuple(gone),
        )
