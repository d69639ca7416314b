"""What a camera answers to each RTSP method (RFC 2326, 10), once the client may enter."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from lab.twin.clips import ClipError, ClipStore
from lab.twin.rtsp.camera import RtspCamera, StreamSpec
from lab.twin.rtsp.message import Request, Response
from lab.twin.rtsp.player import Pacers, Reader
from lab.twin.rtsp.session import Session, Sessions
from lab.twin.rtsp.sink import Sink, TcpSink
from lab.twin.rtsp.track import Track, audio_track
from lab.twin.rtsp.transport import Offer, choose

_LOG = logging.getLogger(__name__)
_AUDIO = audio_track()


class Peer(Protocol):
    """The connection a request came on, as far as the methods care."""

    camera: RtspCamera
    address: str  # of the camera
    clips: ClipStore
    pacers: Pacers
    sessions: Sessions

    def own(self, session: Session) -> None:
        """Tie a session to the connection."""
        ...

    def disown(self, session: Session) -> None:
        """Untie a session that has ended."""
        ...

    def interleave(self, channel: int, report_channel: int) -> TcpSink:
        """Return a way to the client inside the connection."""
        ...

    def open_udp(self, ports: tuple[int, int], heard: Callable[[], None]) -> tuple[Sink, tuple[int, int]]:
        """Return a way to the client's UDP ports, and the camera's own ports."""
        ...

    def cut(self) -> None:
        """End the connection at once."""
        ...

    def after_reply(self, action: Callable[[], None]) -> None:
        """Run ``action`` once the response is on its way."""
        ...


Handler = Callable[[Request, Peer], Awaitable[Response]]


async def _options(_request: Request, _peer: Peer) -> Response:
    return Response(200, {"Public": ", ".join(METHODS)})


async def _describe(request: Request, peer: Peer) -> Response:
    spec = peer.camera.stream(request.path)
    if spec is None:
        return Response(404)
    tracks = await _tracks(spec, peer)
    if tracks is None:
        return Response(503)
    lines = ["v=0", f"o=- 0 0 IN IP4 {peer.address}", "s=Media Presentation", "c=IN IP4 0.0.0.0", "t=0 0"]
    lines += ["a=control:*", "a=range:npt=now-"]
    for number, track in tracks.items():
        lines += [*track.sdp, f"a=control:trackID={number}", "a=recvonly"]
    headers = {"Content-Base": f"{request.presentation}/", "Content-Type": "application/sdp"}
    return Response(200, headers, "\r\n".join([*lines, ""]).encode())


async def _setup(request: Request, peer: Peer) -> Response:
    spec = peer.camera.stream(request.path)
    tracks = await _tracks(spec, peer) if spec else None
    if tracks is None:
        return Response(503 if spec else 404)
    if request.track is None and len(tracks) > 1:
        return Response(459)
    number = request.track or 1
    if number not in tracks:
        return Response(404)
    offer = choose(request.headers.get("transport", ""), peer.camera.rtsp.transports)
    if offer is None:
        return Response(461)
    session = _session(request, peer)
    if isinstance(session, Response):
        return session
    transport = _connect(session, number, tracks[number], offer, peer)
    peer.own(session)
    session.touch()
    identity = f"{session.id};timeout={session.timeout_s:g}"
    return Response(200, {"Transport": transport, "Session": identity})


def _session(request: Request, peer: Peer) -> Session | Response:
    """Return the session that a SETUP is for, a new one or the one it names."""
    name = request.headers.get("session")
    if name is None:
        traits = peer.camera.rtsp
        if traits.max_sessions is not None and len(peer.sessions.of(peer.address)) >= traits.max_sessions:
            return Response(traits.busy_status)
        return Session(peer.address, request.path, traits.session_timeout_s, peer.disown)
    session = peer.sessions.find(name, peer.address)
    if session is None:
        return Response(454)
    if session.path != request.path:
        return Response(459)
    return Response(455) if session.playing else session


def _connect(session: Session, number: int, track: Track, offer: Offer, peer: Peer) -> str:
    """Lay the way of one track to the client and return the Transport header of the response."""
    if offer.lower == "tcp":
        low, high = offer.pair or (2 * (number - 1), 2 * number - 1)
        sink: Sink = peer.interleave(low, high)
        answer = f"RTP/AVP/TCP;unicast;interleaved={low}-{high}"
    else:
        ports = offer.pair or (0, 0)
        sink, own = peer.open_udp(ports, session.touch)
        answer = f"RTP/AVP;unicast;client_port={ports[0]}-{ports[1]};server_port={own[0]}-{own[1]}"
    if before := session.readers.pop(number, None):
        before.close()
    reader = session.readers[number] = Reader(
        track,
        sink,
        peer.pacers.of(track.rate),
        clock=peer.camera.now,
        traits=lambda: peer.camera.rtsp,
        cut=peer.cut,
        crowded=lambda: peer.sessions.crowded(session),
    )
    return f"{answer};ssrc={reader.ssrc:08X}"


async def _play(request: Request, peer: Peer) -> Response:
    session = _named(request, peer)
    if isinstance(session, Response):
        return session
    if request.track is not None and len(session.readers) > 1:
        return Response(460)
    base = request.presentation
    info = [
        f"url={base}/trackID={number};seq={reader.sequence};rtptime={reader.timestamp}"
        for number, reader in session.readers.items()
    ]
    for reader in session.readers.values():
        peer.after_reply(reader.play)
    return Response(200, {"Session": session.id, "Range": "npt=now-", "RTP-Info": ",".join(info)})


async def _pause(request: Request, peer: Peer) -> Response:
    session = _named(request, peer)
    if isinstance(session, Response):
        return session
    if not session.playing:
        return Response(455)
    for reader in session.readers.values():
        reader.pause()
    return Response(200, {"Session": session.id})


async def _teardown(request: Request, peer: Peer) -> Response:
    session = _named(request, peer)
    if isinstance(session, Response):
        return session
    session.end()
    return Response(200, {"Session": session.id})


async def _parameter(request: Request, peer: Peer) -> Response:
    """GET_PARAMETER and SET_PARAMETER: an empty one keeps the session alive, and there are no parameters."""
    if request.body:
        return Response(451)
    if "session" not in request.headers:
        return Response(200)
    session = _named(request, peer)
    return session if isinstance(session, Response) else Response(200, {"Session": session.id})


def _named(request: Request, peer: Peer) -> Session | Response:
    """Return the session that a request names."""
    return peer.sessions.find(request.headers.get("session", ""), peer.address) or Response(454)


async def _tracks(spec: StreamSpec, peer: Peer) -> dict[int, Track] | None:
    """Return the tracks of a stream by number, None when the video cannot be made."""
    try:
        tracks = {1: await peer.clips.track(spec)}
    except ClipError as error:
        _LOG.error("no video for %s: %s", peer.address, error)
        return None
    if peer.camera.rtsp.audio:
        tracks[2] = _AUDIO
    return tracks


METHODS: dict[str, Handler] = {
    "OPTIONS": _options,
    "DESCRIBE": _describe,
    "SETUP": _setup,
    "PLAY": _play,
    "PAUSE": _pause,
    "TEARDOWN": _teardown,
    "GET_PARAMETER": _parameter,
    "SET_PARAMETER": _parameter,
}
