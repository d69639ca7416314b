"""Games with passwords: ask for them in clear, or make the client try again and again."""

from __future__ import annotations

import itertools
from xml.sax.saxutils import escape

from lab.twin.hostile.registry import Encounter, behaviour
from lab.twin.hostile.wire import SOAP, reply

_REFUSED = b"HTTP/1.1 401 Unauthorized\r\n"
_numbers = itertools.count(1)


@behaviour("challenge")
async def challenge(encounter: Encounter) -> None:
    """Refuse whatever is sent with option ``offers`` as WWW-Authenticate, one challenge a line.

    ``{n}`` becomes a number that is new in every reply: a nonce flood. ``{fill}`` becomes option ``fill`` bytes.
    """
    values = {"n": str(next(_numbers)), "fill": "f" * encounter.number("fill", 0)}
    headers = [
        f"WWW-Authenticate: {line.format_map(values)}\r\n".encode("latin-1")
        for line in encounter.text("offers").splitlines()
    ]
    await reply(encounter, b"", *headers, status=_REFUSED)


@behaviour("date")
async def date(encounter: Encounter) -> None:
    """Ask for a password even to tell the time, as Axis does (O2), with option ``date`` as HTTP's Date header."""
    header = f"Date: {encounter.text('date')}\r\n".encode("latin-1")
    challenge = b'WWW-Authenticate: Digest realm="camera", nonce="1", qop="auth"\r\n'
    await reply(encounter, b"", header, challenge, status=_REFUSED)


@behaviour("echo")
async def echo(encounter: Encounter) -> None:
    """Refuse, and repeat the request from option ``since`` on: as a fault, or as a web page where ``page`` is 1.

    Firmware that tells what it could not understand shows a new password to whoever reads the error.
    """
    asked = encounter.asked.decode()
    said = escape(asked[max(0, asked.find(encounter.text("since"))) :])
    if encounter.number("page", 0):
        page = f"<html><body>Forbidden: {said}</body></html>".encode()
        await reply(encounter, page, b"Content-Type: text/html\r\n", status=b"HTTP/1.1 403 Forbidden\r\n")
    else:
        fault = (
            '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Code>'
            "<e:Value>e:Sender</e:Value><e:Subcode><e:Value>ter:InvalidArgVal</e:Value></e:Subcode></e:Code>"
            f'<e:Reason><e:Text xml:lang="en">{said}</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>'
        )
        await reply(encounter, fault.encode(), SOAP, status=b"HTTP/1.1 400 Bad Request\r\n")


@behaviour("proxy-challenge")
async def proxy_challenge(encounter: Encounter) -> None:
    """Claim to be a proxy that wants the password in clear."""
    header = b'Proxy-Authenticate: Basic realm="camera"\r\n'
    await reply(encounter, b"", header, status=b"HTTP/1.1 407 Proxy Authentication Required\r\n")
