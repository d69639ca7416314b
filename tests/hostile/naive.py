"""A client that trusts the camera, to prove that the walls and the wiretap see one.

``python -m tests.hostile.naive OUTPUT``: follows a redirect, answers Basic, opens a URI that a reply named.
"""

import asyncio
import json
import sys
import threading
from base64 import b64encode
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import aiohttp

from tests.hostile import walls, wiretap

_CAMERA, _STRANGER, _STRANGER6 = "10.99.8.1", "169.254.169.254", "2001:db8::1"
_PASSWORD = "Kx7-naive-qZ9w"


class _Redirecting(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", f"http://{_STRANGER}/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


async def _trust() -> None:
    auth = aiohttp.BasicAuth("admin", _PASSWORD)
    async with aiohttp.ClientSession(auth=auth) as http:
        for url in (f"http://{_CAMERA}/", f"http://[{_STRANGER6}]/"):
            try:
                async with http.get(url):
                    pass
            except aiohttp.ClientError:
                continue


def main(output: str) -> None:
    """Be trustful once and write what was noticed."""
    walls.build([_CAMERA])
    server = HTTPServer((_CAMERA, 80), _Redirecting)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    words = [_PASSWORD.encode(), b64encode(f"admin:{_PASSWORD}".encode())]
    with wiretap.listening(words) as heard:
        asyncio.run(_trust())
    report = {"strays": walls.strays(), "heard": sorted(word.decode() for word in heard)}
    Path(output).write_text(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1])
