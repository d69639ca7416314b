"""Lead the client elsewhere: redirects. Addresses inside a reply are steered by ``rewrite`` in ``values``."""

from __future__ import annotations

from lab.twin.hostile.registry import Encounter, behaviour
from lab.twin.hostile.wire import CLOSE, length, send


@behaviour("redirect")
async def redirect(encounter: Encounter) -> None:
    """Redirect to option ``location`` with option ``status``; 307 and 308 ask for the body again, sign-in and all."""
    status, location = encounter.number("status", 302), encounter.text("location")
    line = f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\n".encode("latin-1")
    await send(encounter, line, CLOSE, length(0), b"\r\n")


@behaviour("redirect-to-itself")
async def redirect_to_itself(encounter: Encounter) -> None:
    """Redirect to the same place for ever."""
    where = f"http://{encounter.twin.installation.address}/onvif/device_service"
    await send(encounter, f"HTTP/1.1 307 Again\r\nLocation: {where}\r\n".encode(), CLOSE, length(0), b"\r\n")
