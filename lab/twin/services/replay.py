"""Replay service: where a recording can be watched (ONVIF Replay Control Service Specification 5)."""

from __future__ import annotations

from lab.twin.auth.access import Access
from lab.twin.markup import Content, el
from lab.twin.recorder import Replay
from lab.twin.services.capabilities import SERVICE_CAPABILITIES
from lab.twin.services.media_parts import rtsp_address
from lab.twin.services.recorder_work import retention_s
from lab.twin.services.recording import asked_recording
from lab.twin.services.table import Call, operation
from lab.twin.soap import Fault, invalid_value, text
from lab.twin.twin import REPLAY_PATH


@operation("trp:GetServiceCapabilities", Access.PRE_AUTH)
def get_service_capabilities(call: Call) -> Content:
    """Tell what the service can do."""
    return SERVICE_CAPABILITIES["trp"](call.twin.profile)


@operation("trp:GetReplayUri", Access.READ_MEDIA)
def get_replay_uri(call: Call) -> Content:
    """Tell where a recording can be watched."""
    if text(call.request, "trp:StreamSetup/tt:Stream") != "RTP-Unicast":
        raise Fault(
            "Sender", "ter:InvalidArgVal", "ter:InvalidStreamSetup", reason="only RTP-Unicast is supported"
        )
    recording = asked_recording(call, "trp:RecordingToken")
    return el("trp:Uri", f"{rtsp_address(call)}{REPLAY_PATH}{recording.token}")


@operation("trp:GetReplayConfiguration", Access.READ_MEDIA)
def get_replay_configuration(call: Call) -> Content:
    """Tell after how long an idle replay ends."""
    return el("trp:Configuration", el("tt:SessionTimeout", call.settings.replay.session_timeout))


@operation("trp:SetReplayConfiguration", Access.ACTUATE)
def set_replay_configuration(call: Call) -> Content:
    """Say after how long an idle replay ends."""
    wanted = text(call.request, "trp:Configuration/tt:SessionTimeout") or ""
    try:
        retention_s(wanted)
    except ValueError:
        raise invalid_value("ter:ConfigModify", "SessionTimeout is no duration") from None
    call.twin.change("replay", Replay(session_timeout=wanted))
    return None
