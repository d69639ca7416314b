"""The Search service's events: the gaps inside what a recorder holds (ONVIF Recording Search 5.8, 5.9 and 5.22)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from nanxi.devices.errors import FaultError
from nanxi.devices.onvif.client import Client
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.onvif.search import MOST_PAGES, EndSearch, moment
from nanxi.devices.values import Element, attribute, child, children, escape, local_name, text

_TOPIC = "tns1:RecordingHistory/Track/State"

Gap = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Turn:
    """From ``when`` on a track of a recording has data, or has none."""

    recording: str
    track: str
    when: datetime
    present: bool


@dataclass(frozen=True, slots=True)
class TurnPage:
    """Some results of a search, and whether more will come."""

    turns: tuple[Turn, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class FindEvents(Request[str]):
    """Begin a search for every beginning and end of data since ``start``."""

    service = Service.SEARCH
    operation = "FindEvents"
    start: datetime

    def content(self) -> str:
        """Return the arguments."""
        return (
            f"<tse:StartPoint>{self.start:%Y-%m-%dT%H:%M:%SZ}</tse:StartPoint><tse:Scope/>"
            '<tse:SearchFilter><wsnt:TopicExpression xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2"'
            ' xmlns:tns1="http://www.onvif.org/ver10/topics"'
            ' Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">'
            f"{_TOPIC}</wsnt:TopicExpression></tse:SearchFilter>"
            "<tse:IncludeStartState>false</tse:IncludeStartState><tse:KeepAliveTime>PT30S</tse:KeepAliveTime>"
        )

    def decode(self, reply: Element) -> str:
        """Return the search's token."""
        return text(reply, "SearchToken")


@dataclass(frozen=True, slots=True)
class GetEventSearchResults(Request[TurnPage]):
    """The next results; the device waits up to 2 s for one."""

    service = Service.SEARCH
    operation = "GetEventSearchResults"
    repeatable = False  # a page that is missed would be a gap that is missed
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return (
            f"<tse:SearchToken>{escape(self.token)}</tse:SearchToken><tse:MinResults>1</tse:MinResults>"
            "<tse:WaitTime>PT2S</tse:WaitTime>"
        )

    def decode(self, reply: Element) -> TurnPage:
        """Return the turns; events of other kinds, which some devices tell all the same, are left out."""
        results = child(reply, "ResultList")
        found = (_turn(entry) for entry in children(results, "Result"))
        more = text(results, "SearchState") in ("Queued", "Searching")
        return TurnPage(tuple(turn for turn in found if turn is not None), more)


async def find_gaps(client: Client, start: datetime) -> Mapping[tuple[str, str], tuple[Gap, ...]]:
    """Return the gaps of every track since ``start``, by recording and track.

    Raises:
        FaultError: the device refuses the search, or never ends it.
    """
    token = await client.call(FindEvents(start))
    turns: list[Turn] = []
    for _ in range(MOST_PAGES):
        page = await client.call(GetEventSearchResults(token))
        turns += page.turns
        if not page.more:
            break
    else:
        raise FaultError(f"the search for gaps did not end after {MOST_PAGES} answers")
    await client.call(EndSearch(token))
    tracks: dict[tuple[str, str], list[Turn]] = {}
    for turn in turns:
        tracks.setdefault((turn.recording, turn.track), []).append(turn)
    return {key: tuple(gaps_in(own)) for key, own in tracks.items()}


def gaps_in(turns: Iterable[Turn]) -> Iterator[Gap]:
    """Yield from each end of data to its next beginning; what has not begun again is no gap but the end."""
    ended: datetime | None = None
    for turn in sorted(turns, key=attrgetter("when", "present")):
        if not turn.present:
            ended = ended or turn.when
        elif ended is not None:
            if turn.when > ended:
                yield ended, turn.when
            ended = None


def _turn(entry: Element) -> Turn | None:
    event, when = child(entry, "Event"), moment(text(entry, "Time"))
    present = _item(event, "IsDataPresent")
    if when is None or not present or not text(event, "Topic").endswith("RecordingHistory/Track/State"):
        return None
    is_present = present.lower() in ("true", "1")
    return Turn(text(entry, "RecordingToken"), text(entry, "TrackToken"), when, is_present)


def _item(event: Element | None, name: str) -> str:
    """Return a simple item of the message's data."""
    data = child(event, "Message", "Message", "Data")
    for item in () if data is None else data:
        if isinstance(item.tag, str) and local_name(item) == "SimpleItem" and attribute(item, "Name") == name:
            return attribute(item, "Value")
    return ""
