"""One visit to a depot: say what there is, send what it lacks, believe nothing that is not proved."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from nanxi.findings import NanxiError
from nanxi.recording.closing import sha256
from nanxi.recording.errors import RecordingError
from nanxi.vehicle.board import Board
from nanxi.vehicle.link import Link
from nanxi.vehicle.order import Item, first, ordered
from nanxi.vehicle.wire import Answer, Presented, WireError, answer, proof

_LOG = logging.getLogger(__name__)

#: A file whose bytes arrive wrong so often in a visit is left for the next one.
_TRIES = 3
#: So many of a depot's receipts are asked for again in each visit, while the copies are still on board.
_SAMPLE = 8


class DistrustError(NanxiError):
    """A depot said that it has what it could not prove to have: nothing it says counts, and nothing more is sent."""


@dataclass(slots=True)
class Visit:
    """What came of a visit. Names of files, bytes, and why it ended early if it did."""

    depot: str
    confirmed: list[str] = field(default_factory=list)
    confirmed_bytes: int = 0
    sent_bytes: int = 0
    refused: dict[str, str] = field(default_factory=dict)
    spoiled: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    offset_ms: int = 0
    left: int = 0
    full: bool = False


class Visitor:
    """Makes one visit over ``link``; ``result`` grows meanwhile, and is what is known when it is cut short.

    ``done`` is called for each file that is proved, for a progress bar.
    """

    def __init__(
        self,
        board: Board,
        link: Link,
        depot: str,
        done: Callable[[], None] = lambda: None,
        chance: random.Random | None = None,
    ) -> None:
        self._board, self._link, self._done = board, link, done
        self._chance = chance or random.Random()  # noqa: S311 - a sample, no secret
        self._begun: frozenset[str] = frozenset()
        self.result = Visit(depot)

    def run(self, going_on: Callable[[], bool] = lambda: True) -> Visit:
        """Visit until everything is there, or ``going_on`` says no.

        Raises:
            LinkError: the depot went out of reach; what was confirmed before is.
            DistrustError: it does not prove what it says.
            IndexFailedError: index or receipts on board cannot be read or written.
        """
        self._tell()
        self._recheck()
        self._prove_begun()
        tries: dict[str, int] = {}
        while going_on():
            waiting = [one for one in self._board.waiting() if one.name not in self.result.refused]
            self.result.left = len(waiting)
            if not waiting or self.result.full:
                break
            held = self._board.host.holds.intervals()
            queue = ordered(waiting, held, self._begun, newest_first=self._board.config.newest_first)
            batch = first(queue, self._board.config.batch_mib << 20)
            for item in self._upload(batch):
                tries[item.name] = tries.get(item.name, 0) + 1
                if tries[item.name] >= _TRIES:
                    self.result.refused[item.name] = (
                        "arrived with other bytes than were sent, again and again"
                    )
        if self.result.confirmed or self.result.withdrawn:
            self._tell()
        return self.result

    def _tell(self) -> None:
        """Say what there is and what is flagged; learn what was begun and released there, and the depot's clock."""
        said = self._board.statement(self.result.depot)
        began = time.time()
        heard = self._link.ask({"ask": "tell", "statement": said.as_record(), "holds": self._board.holds()})
        try:
            now_ms, released = int(heard["now_ms"]), heard.get("released", [])
            room, self._begun = bool(heard["room"]), frozenset(map(str, heard["begun"]))
        except (KeyError, TypeError, ValueError) as error:
            raise DistrustError(f"{self.result.depot}: its answer lacks {error}") from None
        self.result.offset_ms = now_ms - int((began + time.time()) * 500)
        self.result.full |= not room
        for one in released if isinstance(released, list) else []:
            try:
                self._board.host.holds.release(str(one), f"released at {self.result.depot}", "nanxi-vehicle")
            except RecordingError:  # not held here any more
                continue

    def _recheck(self) -> None:
        """Ask for proofs of a few files that the depot had, while the copies are still here."""
        have = {item.name: item for item in self._board.items()}
        mine = [
            one for one in self._board.receipts.all() if one.depot == self.result.depot and one.name in have
        ]
        sample = self._chance.sample(mine, min(_SAMPLE, len(mine)))
        lost = self._lost([have[one.name] for one in sample])
        if lost:  # then nothing it ever said is known to be true
            lost = self._lost([have[one.name] for one in mine])
            self._board.receipts.withdraw(lost)
            self.result.withdrawn = lost
            _LOG.error("%s no longer has %d files that it had", self.result.depot, len(lost))

    def _prove_begun(self) -> None:
        """Have what an earlier visit brought whole taken out of the spool, before anything else needs the room there."""
        left = [item for item in self._board.waiting() if item.name in self._begun]
        while left:
            batch = first(left, self._board.config.batch_mib << 20)
            left = left[len(batch) :]
            shown = self._shown(batch)
            self._settle(shown, self._ask(shown))

    def _lost(self, items: list[Item]) -> list[str]:
        """Return the names of those that the depot cannot prove to have."""
        shown = self._shown(items)
        answers = self._ask(shown)
        return [
            item.name
            for item, one in shown
            if answers[item.name].state != "have" or _proved(answers[item.name], item, one) is False
        ]

    def _upload(self, batch: list[Item]) -> list[Item]:
        """Bring a batch there; return what arrived with other bytes."""
        shown = self._shown(batch)
        answers = self._ask(shown)
        self._settle(shown, answers)
        wanted = [item for item, one in shown if answers[item.name].state == "want"]
        if not wanted or self.result.full:
            return []
        self.result.sent_bytes += self._link.send(wanted)
        again = self._shown(wanted)
        answers = self._ask(again)
        self._settle(again, answers)
        return [item for item, _ in again if answers[item.name].state == "want"]

    def _shown(self, items: Iterable[Item]) -> list[tuple[Item, Presented]]:
        shown = []
        for item in items:
            try:
                one = self._board.present(item)
            except FileNotFoundError:  # retention was quicker
                self.result.refused[item.name] = "is gone"
                continue
            except OSError as error:
                _LOG.error("%s: %s", item.path, error)
                self.result.refused[item.name] = f"cannot be read on board: {error.strerror}"
                continue
            closing = (item.record or {}).get("sha256")
            if closing and closing != one.sha256 and item.name not in self.result.spoiled:
                # Still evidence, and perhaps one bit: it is kept with the hash of its closing, which shows the change.
                _LOG.error("%s has other bytes than at its closing", item.path)
                self.result.spoiled.append(item.name)
            shown.append((item, one))
        return shown

    def _ask(self, shown: list[tuple[Item, Presented]]) -> dict[str, Answer]:
        if not shown:
            return {}
        heard = self._link.ask({"ask": "present", "files": [one.as_record() for _, one in shown]})
        found = heard.get("files")
        try:
            answers = {one.name: one for one in map(answer, found if isinstance(found, list) else ())}
        except WireError as error:
            raise DistrustError(f"{self.result.depot}: {error}") from None
        missing = [item.name for item, _ in shown if item.name not in answers]
        if missing:
            raise DistrustError(f"{self.result.depot} does not answer about {missing[0]}")
        return answers

    def _settle(self, shown: list[tuple[Item, Presented]], answers: dict[str, Answer]) -> None:
        """Keep receipts of what is proved, note what is refused.

        Raises:
            DistrustError: something is said to be there and is not proved; what was proved beside it counts.
        """
        proved: list[tuple[Item, str]] = []
        liars: list[Item] = []
        for item, one in shown:
            said = answers[item.name]
            if said.state == "have":
                match _proved(said, item, one):
                    case True:
                        proved.append((item, one.sha256))
                    case False:
                        liars.append(item)
                    case None:
                        self.result.refused[item.name] = "is gone or changes on board"
            elif said.state == "refused":
                if said.why == "full":
                    self.result.full = True
                else:
                    self.result.refused[item.name] = said.why
        if proved:
            self._board.confirm(proved, self.result.depot)
            self.result.confirmed += [item.name for item, _ in proved]
            for _ in proved:
                self._done()
            self.result.confirmed_bytes += sum(item.size for item, _ in proved)
        if liars:
            name = liars[0].name
            raise DistrustError(
                f"{self.result.depot} says it has {name} and cannot prove it ({len(liars)} files)"
            )


def _proved(said: Answer, item: Item, one: Presented) -> bool | None:
    """Return whether the depot made the proof that this host makes over its own copy; None when there is none to judge by."""
    try:
        if said.proof == proof(item.path, one.nonce):
            return True
        return False if sha256(item.path) == one.sha256 else None
    except OSError:
        return None
