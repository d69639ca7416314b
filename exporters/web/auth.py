"""Basic authentication against bcrypt hashes, as an aiohttp middleware."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import os
from collections.abc import Awaitable, Callable, Mapping

import bcrypt
from aiohttp import hdrs, web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

#: What an unknown user's password is compared with, so that the answer takes as long.
_NOBODY = bcrypt.hashpw(os.urandom(16), bcrypt.gensalt(10)).decode()
_REMEMBERED = 100


def authenticated(
    users: Mapping[str, str],
) -> Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]:
    """Return a middleware that lets in who knows a password of ``users`` (name to bcrypt hash).

    bcrypt takes some 60 ms of CPU; a pair that was right once is remembered under a key of this process.
    """
    key = os.urandom(32)
    remembered: set[bytes] = set()

    async def right(user: str, password: str) -> bool:
        mark = hmac.digest(key, f"{user}\0{password}".encode(), hashlib.sha256)
        if mark in remembered:
            return True
        known = users.get(user, _NOBODY)
        # bcrypt of this version refuses what is longer instead of cutting it silently.
        good = await asyncio.to_thread(bcrypt.checkpw, password.encode()[:72], known.encode())
        if good and user in users:
            if len(remembered) >= _REMEMBERED:
                remembered.clear()
            remembered.add(mark)
            return True
        return False

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = credentials(request.headers.get(hdrs.AUTHORIZATION, ""))
        if given is None or not await right(*given):
            return web.Response(
                status=401, text="Unauthorized\n", headers={hdrs.WWW_AUTHENTICATE: 'Basic realm="nanxi"'}
            )
        return await handler(request)

    return middleware


def credentials(header: str) -> tuple[str, str] | None:
    """Return user and password of an Authorization header, None when it is no Basic one."""
    scheme, _, token = header.partition(" ")
    if scheme.casefold() != "basic":
        return None
    try:
        user, colon, password = base64.b64decode(token, validate=True).decode().partition(":")
    except ValueError:
        return None
    return (user, password) if colon else None
