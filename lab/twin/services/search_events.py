"""Search service: when recordings began and ended (ONVIF Recording Search 5.8, 5.9 and 5.22)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el
from lab.twin.recorder import Recording, Track
from lab.twin.services.recorder_work import is_recording, spans
from lab.twin.services.search import included, moment
from lab.twin.services.searches import begin, page
from lab.twin.services.table import Call, operation
from lab.twin.soap import invalid_value, text

TOPIC = "tns1:RecordingHistory/Track/State"
_DIALECT = "http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet"


@operation("tse:FindEvents", Access.READ_MEDIA)
def find_events(call: Call) -> Content:
    """Begin a search for the beginnings and ends of data in video tracks, in the order of time."""
    topic = text(call.request, "tse:SearchFilter/wsnt:TopicExpression")
    if topic not in (None, TOPIC):
        raise invalid_value("ter:InvalidFilterFault", f"only {TOPIC} is kept")
    first, last = _time(call, "tse:StartPoint"), _time(call, "tse:EndPoint")
    if first is None:
        raise invalid_value("ter:InvalidParameter", "StartPoint is missing")
    last = call.twin.now() if last is None else last
    state = text(call.request, "tse:IncludeStartState") in ("true", "1")
    found: list[tuple[float, Xml]] = []
    for recording in included(call):
        for track in (track for track in recording.tracks if track.kind == "Video"):
            if state:
                found.append(
                    (first, _event(recording, track, first, _present(call, recording, first), start=True))
                )
            found += [
                (when, _event(recording, track, when, present, start=False))
                for when, present in _turns(call, recording)
                if first <= when <= last
            ]
    return begin(call, "Events", [event for _, event in sorted(found, key=lambda pair: pair[0])])


@operation("tse:GetEventSearchResults", Access.READ_MEDIA)
def get_event_search_results(call: Call) -> Content:
    """Tell the next results."""
    return page(call, "Events")


def _turns(call: Call, recording: Recording) -> Iterator[tuple[float, bool]]:
    """Yield when data began (true) and ended (false); what still grows has not ended."""
    held = spans(call.twin, recording)
    growing = is_recording(call.twin, recording)
    for number, span in enumerate(held, start=1):
        yield span.start, True
        if not (growing and number == len(held)):
            yield span.end, False


def _present(call: Call, recording: Recording, when: float) -> bool:
    return any(span.start <= when < span.end for span in spans(call.twin, recording))


def _event(recording: Recording, track: Track, when: float, present: bool, *, start: bool) -> Xml:
    message = el(
        "tt:Message",
        el(
            "tt:Source",
            el("tt:SimpleItem", Name="RecordingToken", Value=recording.token),
            el("tt:SimpleItem", Name="Track", Value=track.token),
        ),
        el("tt:Data", el("tt:SimpleItem", Name="IsDataPresent", Value=present)),
        UtcTime=moment(when),
    )
    return el(
        "tt:Result",
        el("tt:RecordingToken", recording.token),
        el("tt:TrackToken", track.token),
        el("tt:Time", moment(when)),
        el("tt:Event", el("wsnt:Topic", TOPIC, Dialect=_DIALECT), el("wsnt:Message", message)),
        el("tt:StartStateEvent", start),
    )


def _time(call: Call, path: str) -> float | None:
    """Return an xs:dateTime as UNIX time; one without a zone is UTC."""
    value = text(call.request, path)
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise invalid_value("ter:InvalidParameter", f"{path.rpartition(':')[2]} is no time") from None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
