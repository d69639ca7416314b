"""One client's connection to one camera: who may enter, one request after the other, and what happens at its end."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from lab.twin.clips import ClipStore
from lab.twin.hostile.rtsp import RtspEncounter, meet_rtsp
from lab.twin.rtsp.access import attempt, challenges
from lab.twin.rtsp.camera import RtspCamera
from lab.twin.rtsp.message import BadMessageError, Interleaved, Request, Response, read
from lab.twin.rtsp.methods import METHODS
from lab.twin.rtsp.player import Pacers
from lab.twin.rtsp.session import Session, Sessions
from lab.twin.rtsp.sink import Sink, TcpSink, UdpSink


class Connection:
    """Serves one connection; the :class:`lab.twin.rtsp.methods.Peer` of its requests."""

    def __init__(
        self,
        camera: RtspCamera,
        writer: asyncio.StreamWriter,
        clips: ClipStore,
        pacers: Pacers,
        sessions: Sessions,
    ) -> None:
        self.camera = camera
        self.clips = clips
        self.pacers = pacers
        self.sessions = sessions
        self.address: str = writer.get_extra_info("sockname")[0]
        self._client: str = writer.get_extra_info("peername")[0]
        self._writer = writer
        self._nonce = secrets.token_hex(16)
        self._owned: list[Session] = []
        self._then: list[Callable[[], None]] = []

    async def serve(self, stream: asyncio.StreamReader) -> None:
        """Answer requests until the client or a fault ends the connection."""
        try:
            while (message := await read(stream)) is not None:
                if isinstance(message, Interleaved):
                    for session in self._owned:
                        session.touch()
                elif not self.camera.rtsp.half_open:
                    await self._answer(message)
        except BadMessageError:
            self._write(Response(400), "0")
        except ConnectionError:
            pass  # the client is gone, or a fault cut it
        finally:
            self._end()

    # -- for the methods ------------------------------------------------------------------------------------------

    def own(self, session: Session) -> None:
        """Tie a session to this connection; media of sessions that nobody owns arrive here too (R9)."""
        if session in self._owned:
            return
        self._owned.append(session)
        self.sessions.add(session)
        for stale in self.sessions.of(self.address):
            if stale.orphan and (reader := stale.readers.get(1)):
                reader.sink.close()
                reader.sink = self.interleave(0, 1)
                self.after_reply(reader.play)

    def disown(self, session: Session) -> None:
        """Untie a session that has ended."""
        self.sessions.remove(session)
        self._owned.remove(session)

    def interleave(self, channel: int, report_channel: int) -> TcpSink:
        """Return a way to the client inside this connection."""
        return TcpSink(self._writer.transport, channel, report_channel)

    def open_udp(self, ports: tuple[int, int], heard: Callable[[], None]) -> tuple[Sink, tuple[int, int]]:
        """Return a way to the client's UDP ports, and the camera's own ports."""
        sink = UdpSink.open(self.address, self._client, ports, heard)
        return sink, sink.ports

    def cut(self) -> None:
        """End the connection at once."""
        self._writer.transport.abort()

    def after_reply(self, action: Callable[[], None]) -> None:
        """Run ``action`` once the response is on its way."""
        self._then.append(action)

    # -- one request ----------------------------------------------------------------------------------------------

    async def _answer(self, request: Request) -> None:
        self.camera.count(f"RTSP {request.method}")
        if session := self.sessions.find(request.headers.get("session", ""), self.address):
            session.touch()
        if delay := self.camera.rtsp.reply_delay_s:
            await asyncio.sleep(delay)
        cseq = request.headers.get("cseq", "0")
        for fault in self.camera.rtsp.misbehaves:
            if not fault.methods or request.method in fault.methods:
                honest = partial(self._encoded, request, cseq)
                encounter = RtspEncounter(self._writer.transport, cseq, fault.options, honest)
                await meet_rtsp(fault.behaviour, encounter)
                break
        else:
            self._write(await self._respond(request), cseq)
        actions, self._then = self._then, []
        for action in actions:
            action()

    async def _respond(self, request: Request) -> Response:
        return self._refusal(request) or await METHODS[request.method](request, self)

    async def _encoded(self, request: Request, cseq: str) -> bytes:
        return (await self._respond(request)).encode(cseq, self.camera.rtsp.server)

    def _refusal(self, request: Request) -> Response | None:
        """Return why a request does not even get to its method, None when it does."""
        traits = self.camera.rtsp
        if request.version != "RTSP/1.0":
            return Response(505)
        if "cseq" not in request.headers:
            return Response(400)
        if request.method not in METHODS:
            return Response(501, {"Public": ", ".join(METHODS)})
        if "require" in request.headers:
            return Response(551, {"Unsupported": request.headers["require"]})
        if status := next((code for method, code in traits.refuse.items() if method == request.method), None):
            return Response(status)
        if traits.redirect and request.method == "DESCRIBE":
            return Response(traits.redirect_status, {"Location": traits.redirect})
        if request.method == "OPTIONS" or not traits.auth:
            return None
        return self._challenge(request)

    def _challenge(self, request: Request) -> Response | None:
        """Return 401 unless the request's credentials open the door."""
        traits = self.camera.rtsp
        tried = attempt(request, traits, self.camera.accounts, self._nonce)
        if tried and not tried.stale and self.camera.login(tried.user, tried.ok):
            return None
        stale = bool(tried and tried.stale)
        return Response(401, {"WWW-Authenticate": challenges(traits, self._nonce, stale)})

    def _write(self, response: Response, cseq: str) -> None:
        if not self._writer.is_closing():
            self._writer.write(response.encode(cseq, self.camera.rtsp.server))

    # -- the end --------------------------------------------------------------------------------------------------

    def _end(self) -> None:
        for session in tuple(self._owned):
            if self.camera.rtsp.stale_sessions:
                session.abandon()
            else:
                session.end()
        with suppress(ConnectionError):
            self._writer.close()
