"""The Search service: what a recorder holds, from when to when (ONVIF Recording Search 5.2 to 5.6)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from nanxi.devices.errors import FaultError
from nanxi.devices.onvif.client import Client
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.values import Element, child, children, escape, text

#: Pages of results that are read before a search counts as endless; 512 inputs at 16 a page are 32.
MOST_PAGES = 64


@dataclass(frozen=True, slots=True)
class Held:
    """What one recording holds, UTC by the device's clock; both ends are None when there is nothing."""

    recording: str
    earliest: datetime | None
    latest: datetime | None
    growing: bool  # the device says that it is being written now


@dataclass(frozen=True, slots=True)
class Page:
    """Some results of a search, and whether more will come."""

    held: tuple[Held, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class FindRecordings(Request[str]):
    """Begin a search for every recording; the device forgets it 30 s after it was last asked."""

    service = Service.SEARCH
    operation = "FindRecordings"

    def content(self) -> str:
        """Return the arguments."""
        return "<tse:Scope/><tse:KeepAliveTime>PT30S</tse:KeepAliveTime>"

    def decode(self, reply: Element) -> str:
        """Return the search's token."""
        return text(reply, "SearchToken")


@dataclass(frozen=True, slots=True)
class GetRecordingSearchResults(Request[Page]):
    """The next results; the device waits up to 2 s for one.

    What was told is not told again, so a repeated request may miss a page; then each of its jobs is asked instead.
    """

    service = Service.SEARCH
    operation = "GetRecordingSearchResults"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return (
            f"<tse:SearchToken>{escape(self.token)}</tse:SearchToken><tse:MinResults>1</tse:MinResults>"
            "<tse:WaitTime>PT2S</tse:WaitTime>"
        )

    def decode(self, reply: Element) -> Page:
        """Return the results."""
        results = child(reply, "ResultList")
        held = tuple(_held(entry) for entry in children(results, "RecordingInformation"))
        return Page(held, text(results, "SearchState") in ("Queued", "Searching"))


@dataclass(frozen=True, slots=True)
class EndSearch(Request[None]):
    """Let the device forget a search: many have room for a few only."""

    service = Service.SEARCH
    operation = "EndSearch"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<tse:SearchToken>{escape(self.token)}</tse:SearchToken>"

    def decode(self, reply: Element) -> None:
        """When the search ended matters to nobody."""


async def find_held(client: Client) -> Mapping[str, Held]:
    """Return what each recording holds, by the recording's token.

    Raises:
        FaultError: the device refuses the search, or never ends it.
    """
    token = await client.call(FindRecordings())
    found: dict[str, Held] = {}
    for _ in range(MOST_PAGES):
        page = await client.call(GetRecordingSearchResults(token))
        found |= {held.recording: held for held in page.held}
        if not page.more:
            break
    else:
        raise FaultError(f"the search for recordings did not end after {MOST_PAGES} answers")
    await client.call(EndSearch(token))
    return found


def _held(entry: Element) -> Held:
    return Held(
        recording=text(entry, "RecordingToken"),
        earliest=moment(text(entry, "EarliestRecording")),
        latest=moment(text(entry, "LatestRecording")),
        growing=text(entry, "RecordingStatus") == "Recording",
    )


def moment(value: str) -> datetime | None:
    """Read an xs:dateTime; one without a zone is taken as UTC, as the specification wants it to be."""
    try:
        moment = datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
