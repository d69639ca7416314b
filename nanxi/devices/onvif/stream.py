"""Where the stream of a channel is: asked of the camera itself, because every maker has paths of its own."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.values import Element, escape, text


def path_of(uri: str) -> str:
    """Return path and query of an advertised stream URI; host and port are never used (O10). Empty: it is of no use."""
    try:
        parts = urlsplit(uri)
    except ValueError:
        return ""
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    return path if path.startswith("/") and path.isascii() and " " not in path else ""


@dataclass(frozen=True, slots=True)
class GetStreamUri(Request[str]):
    """Path of a profile's stream, through Media (Media 5.15)."""

    service = Service.MEDIA
    operation = "GetStreamUri"
    profile: str

    def content(self) -> str:
        """Return the arguments."""
        return (
            "<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol>"
            f"</tt:Transport></trt:StreamSetup><trt:ProfileToken>{escape(self.profile)}</trt:ProfileToken>"
        )

    def decode(self, reply: Element) -> str:
        """Return path and query."""
        return path_of(text(reply, "MediaUri", "Uri"))


@dataclass(frozen=True, slots=True)
class GetStreamUri2(Request[str]):
    """Path of a profile's stream, through Media2 (Media 2 5.9)."""

    service = Service.MEDIA2
    operation = "GetStreamUri"
    profile: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<tr2:Protocol>RTSP</tr2:Protocol><tr2:ProfileToken>{escape(self.profile)}</tr2:ProfileToken>"

    def decode(self, reply: Element) -> str:
        """Return path and query."""
        return path_of(text(reply, "Uri"))
