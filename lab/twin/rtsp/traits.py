"""How one twin's RTSP server behaves: one field per behaviour, so that a profile is data.

A twin's profile embeds this model as its section ``rtsp``. Quirk ids (R3, R8, ...) are those of the project's
quirk catalogue; a fault is switched on and off at run time by replacing the twin's traits. Every default is what
a well-behaved camera does.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Method = Literal[
    "OPTIONS", "DESCRIBE", "SETUP", "PLAY", "PAUSE", "GET_PARAMETER", "SET_PARAMETER", "TEARDOWN"
]
Scheme = Literal["digest", "basic"]
Algorithm = Literal["MD5", "SHA-256"]
Lower = Literal["tcp", "udp"]
Seconds = Annotated[float, Field(gt=0)]


class RtspMisbehaviour(BaseModel):
    """A named behaviour of ``lab.twin.hostile.rtsp`` and the methods that meet it (none named: every request)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    behaviour: str
    methods: frozenset[Method] = frozenset()
    options: dict[str, float | str] = {}


class RtspTraits(BaseModel):
    """Behaviour of one twin's RTSP server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    # -- who may enter ------------------------------------------------------------------------------------------
    auth: tuple[Scheme, ...] = Field(
        default=("digest",),
        description="Schemes offered by a 401, in order. Empty: everybody may enter (O6 has it for snapshots). "
        "Only 'basic': the downgrade that must never be given a password in clear (S2).",
    )
    algorithms: tuple[Algorithm, ...] = Field(
        default=("MD5",),
        min_length=1,
        description="Digest algorithms offered, one challenge each (RFC 7616).",
    )
    qop: bool = Field(
        default=False, description="Offer qop=auth. Most cameras answer in the style of RFC 2069, without it."
    )
    realm: str = Field(default="IP Camera", description="Realm of the challenges.")
    server: str = Field(default="", description="Server header, empty for none.")

    # -- sessions and transports --------------------------------------------------------------------------------
    max_sessions: int | None = Field(
        default=None, ge=0, description="R8: a SETUP beyond it is answered busy_status. None: no limit."
    )
    busy_status: Literal[453, 503] = Field(
        default=453, description="R8: 453 Not Enough Bandwidth, or 503 Service Unavailable on cheap firmware."
    )
    session_timeout_s: Seconds = Field(
        default=60, description="A session without request or RTCP for this long ends (RFC 2326, 12.37)."
    )
    transports: frozenset[Lower] = Field(
        default=frozenset({"tcp", "udp"}), min_length=1, description="Others are answered 461."
    )
    audio: bool = Field(
        default=False, description="R7: a second track, G.711 A-law, which cannot be copied into MP4."
    )

    # -- faults of control --------------------------------------------------------------------------------------
    refuse: dict[Method, Annotated[int, Field(ge=400, le=599)]] = Field(
        default_factory=dict,
        description="Answer a method with this status, whoever asks: {DESCRIBE: 503}, {PLAY: 403}.",
    )
    redirect: str | None = Field(
        default=None,
        description="S2: answer DESCRIBE with a redirect to this URL. ffmpeg follows it, with the password.",
    )
    redirect_status: Literal[301, 302] = Field(default=302, description="Status of the redirect.")
    reply_delay_s: Annotated[float, Field(ge=0)] = Field(
        default=0, description="Slow firmware: wait this long before every reply."
    )
    half_open: bool = Field(
        default=False, description="Accept TCP and never answer: a hung RTSP process behind a living kernel."
    )

    misbehaves: tuple[RtspMisbehaviour, ...] = Field(
        default=(),
        description="S2: what no RTSP server may say; the connection ends with it, unless it is only a rewritten answer.",
    )

    # -- faults of media ----------------------------------------------------------------------------------------
    stall_after_s: Annotated[float, Field(ge=0)] | None = Field(
        default=None,
        description="Media stops this long after PLAY while TCP and replies stay up; 0: never a picture.",
    )
    disconnect_every_s: Seconds | None = Field(
        default=None, description="R10: cut the connection this long after PLAY, each time anew."
    )
    stale_sessions: bool = Field(
        default=False,
        description="R9: a session whose connection dies without TEARDOWN lives on until its timeout, counts "
        "against max_sessions, and its RTP (old SSRC) arrives on the next connection, even before PLAY.",
    )
    jump_after_s: Seconds | None = Field(
        default=None, description="R3: the RTP clock jumps once, this long after PLAY."
    )
    jump_by_s: float = Field(default=-3600, description="R3: by how much; negative is back in time.")
    second_reader_corrupts: bool = Field(
        default=False, description="R8: while two read one stream, key frames reach the first one incomplete."
    )
