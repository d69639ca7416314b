"""From when to when a channel is recorded: ContentMgmt/search.

Recorders write their local time with a Z behind it, in what they ask for and in what they answer.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from nanxi.devices.isapi.client import Client
from nanxi.devices.isapi.document import add_text, make
from nanxi.devices.isapi.tracks import track_of
from nanxi.devices.state import Recorded
from nanxi.devices.values import Element, child, children, text

PATH, ROOT = "ContentMgmt/search", "CMSearchResult"

_Span = tuple[datetime, datetime]

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_PAGE = 40  # files in one answer; more is refused by older firmware
_PAGES = 20  # never more answers for one channel
#: How far back to look for the newest file, days; the last one is "from the beginning".
_WINDOWS_D = (1, 16, 20_000)


@dataclass(frozen=True, slots=True)
class Question:
    """Whom to ask about which channel. ``template`` is any document of the device: it asks in its namespace."""

    client: Client
    template: Element
    channel: int
    zone: timezone  # the device's local time

    async def files(self, span: _Span, position: int, most: int) -> tuple[list[_Span], bool]:
        """Return one page of recorded files, the oldest first, and whether there are more."""
        root = await self.client.search(PATH, self._body(span, position, most), ROOT)
        found = []
        for match in children(child(root, "matchList"), "searchMatchItem"):
            start, end = (
                _moment(text(match, "timeSpan", name), self.zone) for name in ("startTime", "endTime")
            )
            if start is not None and end is not None:
                found.append((start, end))
        return found, text(root, "responseStatusStrg").upper() == "MORE"

    def _body(self, span: _Span, position: int, most: int) -> Element:
        asked = make(self.template, "CMSearchDescription")
        add_text(asked, "searchID", str(uuid.uuid4()).upper())
        _nested(asked, "trackList", "trackID", track_of(self.channel))
        spans, times = make(asked, "timeSpanList"), make(asked, "timeSpan")
        asked.append(spans)
        spans.append(times)
        for name, moment in zip(("startTime", "endTime"), span, strict=True):
            add_text(times, name, moment.astimezone(self.zone).strftime("%Y-%m-%dT%H:%M:%SZ"))
        add_text(asked, "maxResults", most)
        add_text(asked, "searchResultPostion", position)  # the protocol's own spelling
        _nested(asked, "metadataList", "metadataDescriptor", "//recordType.meta.std-cgi.com")
        return asked


async def read_recorded(question: Question, now: datetime) -> Recorded:
    """Return the two ends of what is recorded of a channel; ``now`` is the device's clock, UTC.

    Raises:
        DeviceError: the device does not search, or stopped answering.
    """
    until = now + timedelta(days=1)
    first, _ = await question.files((_BEGINNING, until), 0, 1)
    if not first:
        return Recorded(question.channel, None, None)
    earliest = first[0][0]
    for window in _WINDOWS_D:
        since = max(earliest, now - timedelta(days=window))
        latest = await _latest(question, (since, until))
        if latest is not None:
            return Recorded(question.channel, earliest, latest)
    return Recorded(question.channel, earliest, first[0][1])


async def _latest(question: Question, span: _Span) -> datetime | None:
    latest: datetime | None = None
    position = 0
    for _ in range(_PAGES):
        files, more = await question.files(span, position, _PAGE)
        latest = max((end for _, end in files), default=latest)
        position += len(files)
        if not more or not files:
            break
    return latest


def _nested(parent: Element, outer: str, inner: str, value: object) -> None:
    element = make(parent, outer)
    parent.append(element)
    add_text(element, inner, value)


def _moment(value: str, zone: timezone) -> datetime | None:
    try:
        moment = datetime.fromisoformat(value.removesuffix("Z"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
