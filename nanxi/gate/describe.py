"""What a reader is told of a stream (SDP, RFC 4566): the camera's own tracks, nothing else that it said. Pure."""

from __future__ import annotations

from nanxi.devices.rtsp.sdp import Description, Track


def describe(stream: str, description: Description) -> bytes:
    """Return the description of ``stream``; its tracks are called ``track0`` and ``track1``."""
    lines = ["v=0", "o=- 0 0 IN IP4 127.0.0.1", f"s={stream}", "c=IN IP4 127.0.0.1", "t=0 0"]
    lines += ["a=control:*", "a=range:npt=now-"]
    for number, track in enumerate(description.tracks):
        lines += _track(number, track)
    return "\r\n".join([*lines, ""]).encode()


def _track(number: int, track: Track) -> list[str]:
    kind = track.payload_type
    return [
        f"m={track.kind} 0 RTP/AVP {kind}",
        f"a=rtpmap:{kind} {track.codec}/{track.clock_hz}{track.channels}",
        *(f"a={attribute}" for attribute in track.attributes),
        "a=recvonly",
        f"a=control:track{number}",
    ]
