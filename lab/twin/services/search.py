"""Search service: what was recorded from when to when (ONVIF Recording Search Service Specification 5)."""

from __future__ import annotations

from datetime import UTC, datetime

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el, opt
from lab.twin.recorder import Recording, Span, Track
from lab.twin.services.capabilities import SERVICE_CAPABILITIES
from lab.twin.services.recorder_work import is_recording, spans
from lab.twin.services.recording import asked_recording, source_information
from lab.twin.services.searches import begin, end, page
from lab.twin.services.table import Call, operation
from lab.twin.soap import invalid_value, node, nodes, text


@operation("tse:GetServiceCapabilities", Access.PRE_AUTH)
def get_service_capabilities(call: Call) -> Content:
    """Tell what the service can do."""
    return SERVICE_CAPABILITIES["tse"](call.twin.profile)


@operation("tse:GetRecordingSummary", Access.READ_MEDIA)
def get_recording_summary(call: Call) -> Content:
    """Tell from when to when anything was recorded at all."""
    found = [span for recording in call.settings.recordings for span in spans(call.twin, recording)]
    now = call.twin.now()
    return el(
        "tse:Summary",
        el("tt:DataFrom", moment(min((span.start for span in found), default=now))),
        el("tt:DataUntil", moment(max((span.end for span in found), default=now))),
        el("tt:NumberRecordings", len(call.settings.recordings)),
    )


@operation("tse:GetRecordingInformation", Access.READ_MEDIA)
def get_recording_information(call: Call) -> Content:
    """Tell what one recording holds."""
    return _information("tse:RecordingInformation", call, asked_recording(call, "tse:RecordingToken"))


@operation("tse:FindRecordings", Access.READ_MEDIA)
def find_recordings(call: Call) -> Content:
    """Begin a search among the recordings."""
    tag = "tt:RecordingInformation"
    return begin(call, "Recordings", [_information(tag, call, recording) for recording in included(call)])


@operation("tse:GetRecordingSearchResults", Access.READ_MEDIA)
def get_recording_search_results(call: Call) -> Content:
    """Tell the next results."""
    return page(call, "Recordings")


@operation("tse:EndSearch", Access.READ_MEDIA)
def end_search(call: Call) -> Content:
    """Forget a search."""
    end(call)
    return el("tse:Endpoint", moment(call.twin.now()))


def included(call: Call) -> list[Recording]:
    """Return the recordings that a search is about.

    Raises:
        Fault: ter:InvalidFilterFault, the request has a filter in XPath.
    """
    scope = node(call.request, "tse:Scope")
    if scope is None or text(scope, "tt:RecordingInformationFilter"):
        raise invalid_value("ter:InvalidFilterFault", "no filter is supported")
    tokens = {(item.text or "").strip() for item in nodes(scope, "tt:IncludedRecordings")}
    return [item for item in call.settings.recordings if not tokens or item.token in tokens]


def moment(seconds: float) -> str:
    """Return an xs:dateTime in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _information(tag: str, call: Call, recording: Recording) -> Xml:
    held = spans(call.twin, recording)
    status = "Recording" if is_recording(call.twin, recording) else "Stopped"
    return el(
        tag,
        el("tt:RecordingToken", recording.token),
        source_information("tt:Source", recording),
        opt("tt:EarliestRecording", moment(held[0].start) if held else None),
        opt("tt:LatestRecording", moment(held[-1].end) if held else None),
        el("tt:Content", recording.content),
        [_track(track, held) for track in recording.tracks if held],
        el("tt:RecordingStatus", status if held or status == "Recording" else "Initiated"),
    )


def _track(track: Track, held: tuple[Span, ...]) -> Xml:
    return el(
        "tt:Track",
        el("tt:TrackToken", track.token),
        el("tt:TrackType", track.kind),
        el("tt:Description", track.description),
        el("tt:DataFrom", moment(held[0].start)),
        el("tt:DataTo", moment(held[-1].end)),
    )
