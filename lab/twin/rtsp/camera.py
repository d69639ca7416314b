"""What the RTSP server needs to know of a camera: the seam between a twin's ONVIF and its RTSP face."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from lab.twin.rtsp.traits import RtspTraits


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """What an encoder delivers, as its configuration says at this moment."""

    codec: Literal["H264", "H265"]
    width: int
    height: int
    fps: float
    bitrate_kbps: int
    gop: int  # frames from key frame to key frame


class RtspCamera(Protocol):
    """One camera as its RTSP server sees it. Everything is asked anew for every request, so changes act at once."""

    @property
    def rtsp(self) -> RtspTraits:
        """Behaviour of the RTSP server."""
        ...

    @property
    def accounts(self) -> Mapping[str, str]:
        """Passwords by user name; the same accounts as ONVIF's."""
        ...

    def login(self, user: str, ok: bool) -> bool:
        """Note one attempt to sign in and return whether it may enter.

        Called once for every request with credentials; ``ok`` says whether they matched. False when they did
        not, or when the lock-out that RTSP shares with ONVIF (O7) holds. Not called for a stale nonce.
        """
        ...

    def stream(self, path: str) -> StreamSpec | None:
        """Return the stream at ``path``, None when there is none (404).

        ``path`` is what follows the authority in the stream's URL, query included, without the track and without
        a closing slash: ``/Streaming/Channels/101``, ``/cam/realmonitor?channel=1&subtype=0``.
        """
        ...

    def now(self) -> float:
        """Return the camera's own clock, seconds since 1970: RTCP sender reports carry it, right or wrong (R5)."""
        ...

    def count(self, operation: str) -> None:
        """Count one request, named like ``RTSP DESCRIBE``, beside the SOAP operations."""
        ...
