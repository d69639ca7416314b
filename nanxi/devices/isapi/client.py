"""Read and write resources of one device, signed with HTTP Digest; Basic is never answered.

The first request goes out bare, so that the password is spent only on a challenge; every later one answers the last
challenge, and a new one where the device wants a nonce for every request.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress

from nanxi.devices.driver import Credential, Secret
from nanxi.devices.errors import FaultError, HostileError, LockedError
from nanxi.devices.http.connection import Reply
from nanxi.devices.http.digest import Challenge, choose
from nanxi.devices.http.transport import Transport
from nanxi.devices.isapi.document import body
from nanxi.devices.isapi.understand import BusyError, needs_restart, refusal, understand
from nanxi.devices.values import Element, local_name

_PREFIX = "/ISAPI/"
_TYPE = {"Content-Type": "application/xml; charset=UTF-8"}

#: How long to wait, seconds, before asking a busy device again.
_PAUSES_S = (0.5, 1.0, 2.0)


class Client:
    """One device. ``credential`` is None until sign-in."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.credential: Credential | None = None
        self.trusted = False  # the credential has worked in this session
        self.heard_at = 0.0  # local clock at the middle of the last exchange, seconds since the epoch
        self.notes: list[str] = []
        self._challenge: Challenge | None = None

    def use(self, credential: Credential) -> None:
        """Go on with another account, which has still to prove itself."""
        self.credential = credential
        self.trusted = False
        self._challenge = None

    def sibling(self, credential: Credential) -> Client:
        """Return a client for another account of the same device, on the same connection."""
        other = Client(self._transport)
        other.use(credential)
        return other

    def adopt(self, other: Client) -> None:
        """Go on with the account of ``other``, which has proved itself."""
        self.credential = other.credential
        self.trusted = True
        self._challenge = other._challenge

    async def get(self, path: str, name: str = "") -> Element:
        """Read a resource, whose root must be called ``name`` where one is given.

        Raises:
            RefusedError: the credential was refused.
            DeviceError: anything else that went wrong.
        """
        root = await self._call("GET", path)
        if local_name(root) != (name or local_name(root)):
            raise HostileError(f"answered {local_name(root)!r} to {path}")
        return root

    async def put(self, path: str, root: Element, secrets: Iterable[Secret] = ()) -> None:
        """Write a resource.

        Args:
            path: the resource.
            root: its whole document.
            secrets: passwords in it.

        Raises:
            DeviceError: the device refused, or takes it only after a restart.
        """
        await self._write("PUT", path, root, secrets)

    async def post(self, path: str, root: Element, secrets: Iterable[Secret] = ()) -> None:
        """Add an item to a collection; like ``put``, but never sent twice."""
        await self._write("POST", path, root, secrets)

    async def delete(self, path: str) -> None:
        """Remove an item of a collection."""
        await self._write("DELETE", path, None, ())

    async def search(self, path: str, root: Element, name: str) -> Element:
        """Ask with a document, and return the one that answers."""
        found = await self._call("POST", path, body(root))
        if local_name(found) != name:
            raise HostileError(f"answered {local_name(found)!r} to {path}")
        return found

    async def _write(self, method: str, path: str, root: Element | None, secrets: Iterable[Secret]) -> None:
        content = b"" if root is None else body(root)
        hidden = tuple(secrets)
        repeatable = method == "PUT" and not hidden
        answer = await self._call(method, path, content, hidden, repeatable=repeatable)
        if needs_restart(answer):
            raise FaultError(f"the device takes {path} only after a restart", "rebootRequired")

    async def _call(
        self,
        method: str,
        path: str,
        content: bytes = b"",
        secrets: tuple[Secret, ...] = (),
        *,
        repeatable: bool = True,
    ) -> Element:
        hidden = (*secrets, self.credential.password) if self.credential else secrets
        for pause in _PAUSES_S:
            with suppress(BusyError):
                return understand(
                    await self._signed(method, path, content, repeatable=repeatable), path, hidden
                )
            await asyncio.sleep(pause)
        return understand(await self._signed(method, path, content, repeatable=repeatable), path, hidden)

    async def _signed(self, method: str, path: str, content: bytes, *, repeatable: bool) -> Reply:
        """Send a request; answer a challenge once, and a second one only where the first answer was no attempt."""
        known = self._challenge is not None
        reply = await self._send(method, path, content, repeatable=repeatable)
        if not known and reply.status == 200 and method == "GET":
            self.notes.append(f"answers {path} without a password")
        if reply.status != 401 or self.credential is None:
            return reply
        fresh = choose(reply.challenges)
        if known and not (fresh and (fresh.stale or self.trusted)):
            return reply
        if isinstance(lock := refusal(reply), LockedError):
            raise lock  # before a password is spent
        if fresh is None:
            raise FaultError("wants the password in clear: HTTP Digest is switched off on the device")
        self._challenge = fresh
        return await self._send(method, path, content, repeatable=repeatable)

    async def _send(self, method: str, path: str, content: bytes, *, repeatable: bool) -> Reply:
        resource = _PREFIX + path
        headers = dict(_TYPE) if content else {}
        if self._challenge is not None and self.credential is not None:
            headers["Authorization"] = self._challenge.answer(self.credential, method, resource)
        reply = await self._transport.send(method, resource, content, headers, repeatable=repeatable)
        self.heard_at = reply.clock
        return reply
