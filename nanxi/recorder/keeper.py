"""The keeper of one recorder host: files made durable and indexed, causes recorded, hanging recorders ended.

One process for all cameras. It writes no pictures: when it dies, recording goes on, and what it missed is found at its
next start (``nanxi.recording.mend``).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from nanxi.files import write_atomically
from nanxi.gate.control import ControlError, ask_status
from nanxi.recorder.books import Books
from nanxi.recorder.command import pid_file
from nanxi.recorder.config import RecorderConfig
from nanxi.recorder.growing import GrowingFiles
from nanxi.recorder.inotify import OverflowedError, Watcher
from nanxi.recorder.outages import FULL_BYTES, free_bytes
from nanxi.recorder.watchdog import Sight, hangs
from nanxi.recording import believed, names
from nanxi.recording.believed import believable
from nanxi.recording.errors import NotASegmentError, RecordingError
from nanxi.recording.names import SegmentName

_LOG = logging.getLogger(__name__)
Result = TypeVar("Result")

#: Seconds between rounds.
SYNC_S, LOOK_S = 1.0, 2.0
#: A jump of the wall clock against the monotonic one that counts as a step; slewing stays below.
STEP_S = 1.0


class Keeper:
    """Runs until it is cancelled."""

    def __init__(self, config: RecorderConfig) -> None:
        self._config = config
        self._growing = GrowingFiles()
        self._watcher = Watcher()
        self._closed: dict[SegmentName, Path] = {}  # by its volume; indexed in the next round
        self._lost: dict[
            SegmentName, OSError
        ] = {}  # what could not be synced; until it is marked in the index
        self._lost_total: dict[str, int] = {}
        self._playing: dict[str, float] = {}  # since when, monotonic
        self._roomy: dict[Path, float] = {}  # volumes that take pictures, since when, monotonic
        self._mounted: set[Path] = set()
        self._ended: dict[str, float] = {}  # recorders that were ended, monotonic
        self._restarts: dict[str, int] = {}
        self._books: Books | None = None
        self._bookkeeper = ThreadPoolExecutor(1, "books")  # SQLite's connection belongs to one thread
        self._syncer = ThreadPoolExecutor(1, "sync")
        self._offset = time.time() - time.monotonic()

    async def run(self, ready: Callable[[], None]) -> None:
        """Keep the books until cancelled; ``ready`` is called when they are open.

        Raises:
            RecordingError: the index cannot be opened.
        """
        loop = asyncio.get_running_loop()
        self._books = await self._in_books(lambda: Books.open(self._config))
        self._mount({volume for volume, room in free_bytes(self._books.paths).items() if room is not None})
        loop.add_reader(self._watcher.fileno(), self._changed)
        ready()
        try:
            await asyncio.gather(
                self._every(SYNC_S, self._sync_round),
                self._every(LOOK_S, self._look_round),
                self._every(3600, self._hour_round),
            )
        finally:
            loop.remove_reader(self._watcher.fileno())
            await self._in_books(self._books.close)
            self._growing.close()
            self._watcher.close()

    async def _every(self, seconds: float, round_: Callable[[], Any]) -> None:
        while True:
            began = time.monotonic()
            try:
                await round_()
            except (OSError, RecordingError) as error:
                _LOG.error("%s: %s", getattr(round_, "__name__", "round"), error)
            await asyncio.sleep(max(0.05, seconds - (time.monotonic() - began)))

    async def _in_books(self, call: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._bookkeeper, call)

    # -- files --------------------------------------------------------------------------------------------------------

    def _watch_days(self) -> None:
        """Watch the folders of yesterday, today and tomorrow, and take in what grows there already."""
        now = datetime.now(UTC)
        wanted: set[Path] = set()
        for camera, plan in self._config.cameras.items():
            with contextlib.suppress(OSError):  # a disk that is gone is told by the round that looks at disks
                if plan.volume in self._mounted:
                    names.prepare(plan.volume, camera, now)
            wanted |= self._days(camera, self._mounted)
        for folder in self._watcher.folders - wanted:
            self._watcher.remove(folder)
        fresh = wanted - self._watcher.folders
        for folder in sorted(fresh):
            try:
                self._watcher.add(folder)
            except OSError as error:
                _LOG.error("%s cannot be watched: %s", folder, error)
        self._take_in(fresh)

    @staticmethod
    def _days(camera: str, volumes: Iterable[Path]) -> set[Path]:
        """Return a camera's folders of yesterday, today and tomorrow that there are."""
        now = datetime.now(UTC)
        days = list(names.days(now - timedelta(days=1), now + timedelta(days=1)))
        folders = (volume / camera / str(day) for volume in volumes for day in days)
        return {folder for folder in folders if folder.is_dir()}

    def _take_in(self, folders: set[Path]) -> None:
        """Follow the newest file of each camera, as if it had begun now."""
        newest: dict[str, tuple[SegmentName, Path]] = {}
        for folder in folders:
            with contextlib.suppress(OSError):
                for entry in os.scandir(folder):
                    with contextlib.suppress(NotASegmentError):
                        name = names.parse(entry.name)
                        if name.camera not in newest or newest[name.camera][0] < name:
                            newest[name.camera] = (name, Path(entry.path))
        for name, path in newest.values():
            self._begin(name, path)

    def _changed(self) -> None:
        try:
            for change in self._watcher.read():
                with contextlib.suppress(NotASegmentError):
                    name = names.parse(change.path.name)
                    if change.closed:
                        self._growing.end(name)
                        self._closed[name] = change.path.parents[2]
                    else:
                        self._begin(name, change.path)
        except OverflowedError:
            _LOG.warning("the kernel dropped changes; the folders are looked at")
            self._take_in(set(self._watcher.folders))

    def _begin(self, name: SegmentName, path: Path) -> None:
        with contextlib.suppress(OSError):  # gone again already
            before = self._growing.begin(name, path)
            if before is not None:  # its writer was killed while nobody watched
                self._closed.setdefault(before, path.parents[2])

    async def _sync_round(self) -> None:
        loop = asyncio.get_running_loop()
        for name, error in (await loop.run_in_executor(self._syncer, self._growing.sync)).items():
            _LOG.error("%s is lost: %s", name, error.strerror)
            self._lost[name] = error
            self._lost_total[name.camera] = self._lost_total.get(name.camera, 0) + 1
            self._growing.end(name)
        for name in self._lost:
            self._end_recorder(name.camera)  # it goes on writing into a file that is lost: a new one begins
        self._clock_round()
        closed, self._closed = self._closed, {}
        lost = {name: error for name, error in self._lost.items() if name in closed}
        if closed and self._books is not None:
            books = self._books
            try:
                await self._in_books(lambda: books.close_segments(closed, lost))
            except RecordingError:
                self._closed = {**closed, **self._closed}  # the index will take them when it can
                raise
        for name in lost:
            self._lost.pop(name, None)

    async def _hour_round(self) -> None:
        self._watch_days()

    # -- recorders ----------------------------------------------------------------------------------------------------

    async def _look_round(self) -> None:
        """Look at gate and disks, record causes, and end recorders that hang."""
        loop = asyncio.get_running_loop()
        status: dict[str, Any] | None
        try:
            status = await loop.run_in_executor(None, ask_status, self._config.gate_control)
        except ControlError:
            status = None
        books = self._books
        assert books is not None
        free = await loop.run_in_executor(None, free_bytes, books.paths)
        await self._in_books(lambda: books.look(status, free))
        self._mount({volume for volume, room in free.items() if room is not None})
        self._note_playing(status)
        now = time.monotonic()
        self._roomy = {
            volume: self._roomy.get(volume, now)
            for volume, room in free.items()
            if room is not None and room >= FULL_BYTES
        }
        sights = {
            camera: Sight(
                # As long as the disk was full or missing it was not the recorder's fault.
                now - max(self._playing[camera], self._roomy[plan.volume])
                if camera in self._playing
                else None,
                self._growing.silent_s(camera),
                now - self._ended[camera] if camera in self._ended else None,
            )
            for camera, plan in self._config.cameras.items()
            if plan.volume in self._roomy
        }
        self._move(now)
        for camera, silent_s in hangs(self._config.cameras, sights).items():
            _LOG.warning("%s: the recorder wrote nothing for %.0f s and is ended", camera, silent_s)
            self._end_recorder(camera)
            await self._in_books(partial(books.outages.restarted, camera, silent_s))
        self._tell(status is not None)

    def _mount(self, mounted: set[Path]) -> None:
        """Watch what is mounted: a disk that was taken out and comes back has other folders by the same names."""
        gone, back = self._mounted - mounted, mounted - self._mounted
        self._mounted = mounted
        for folder in self._watcher.folders:
            if folder.parents[1] in gone:
                self._watcher.remove(folder)
        if back:
            self._watch_days()

    def _move(self, now: float) -> None:
        """Take recorders off disks that are gone, back to their own, and find those that fled (``refuge``)."""
        for camera, plan in self._config.cameras.items():
            file = self._growing.get(camera)
            if file is None:
                if camera in self._playing:
                    self._find(camera)
                continue
            volume = file.path.parents[2]
            gone = volume not in self._mounted
            back = volume != plan.volume and now - self._roomy.get(plan.volume, now) > self._config.home_s
            if gone or back:
                why = f"{volume} is gone" if gone else f"{plan.volume} is back"
                _LOG.warning("%s: %s; the recorder begins anew", camera, why)
                if gone:  # whoever keeps a file of it open keeps it from being taken out
                    self._growing.end(file.name)
                self._end_recorder(camera)

    def _find(self, camera: str) -> None:
        """Follow a camera's files wherever they are now."""
        fresh = self._days(camera, self._mounted) - self._watcher.folders
        for folder in fresh:
            with contextlib.suppress(OSError):
                self._watcher.add(folder)
        self._take_in(fresh)

    def _note_playing(self, status: dict[str, Any] | None) -> None:
        streams = status["streams"] if status else ()
        playing = {one["camera"] for one in streams if one["stream"] == "main" and one["playing"]}
        now = time.monotonic()
        self._playing = {
            camera: self._playing.get(camera, now) for camera in playing if camera in self._config.cameras
        }

    def _clock_round(self) -> None:
        """Begin new runs after a step of the clock, and when it can be believed at last (R5)."""
        offset = time.time() - time.monotonic()
        step, self._offset = offset - self._offset, offset
        if abs(step) > STEP_S:
            _LOG.warning("the clock was set by %+.1f s; every recorder begins anew", step)
            if self._books is not None:
                self._bookkeeper.submit(self._books.outages.stepped, step)
            for camera in self._config.cameras:
                self._end_recorder(camera)
            return
        files = map(self._growing.get, self._config.cameras)
        marked = [file.name.camera for file in files if file is not None and not file.name.synchronised]
        if not marked or self._books is None:
            return
        if believable(self._books.index.path.with_name(believed.FILE), trust=self._config.trust_clock):
            for camera in marked:
                self._end_recorder(camera)

    def _end_recorder(self, camera: str) -> None:
        """End a camera's ffmpeg; systemd starts it anew."""
        now = time.monotonic()
        if now - self._ended.get(camera, -1e9) < SYNC_S * 5:
            return
        self._ended[camera] = now
        self._restarts[camera] = self._restarts.get(camera, 0) + 1
        with contextlib.suppress(OSError, ValueError):
            pid = int(pid_file(self._config.run, camera).read_text())
            # The id may belong to somebody else by now: the command line names the camera.
            if f"/{camera}/main".encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)  # one that hangs in a write does not hear SIGTERM

    def _tell(self, gate_answers: bool) -> None:
        """Leave what is known for the exporter."""
        cameras = {
            camera: {
                "silent_s": self._growing.silent_s(camera),
                "restarts_total": self._restarts.get(camera, 0),
                "lost_total": self._lost_total.get(camera, 0),
                "synchronised": file.name.synchronised if (file := self._growing.get(camera)) else None,
            }
            for camera in self._config.cameras
        }
        told = {"now": time.time(), "gate_answers": gate_answers, "cameras": cameras}
        with contextlib.suppress(OSError):
            write_atomically(self._config.run / "keeper.json", json.dumps(told), 0o644)
