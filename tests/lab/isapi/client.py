"""An ISAPI client that knows the protocol and nothing of the project's own driver: aiohttp's Digest, lxml's XPath."""

from __future__ import annotations

from dataclasses import dataclass

import aiohttp
from lxml import etree

from lab.twin.twin import Twin


@dataclass(frozen=True)
class Reply:
    """What came back; paths are of local names, ``//name`` anywhere."""

    status: int
    body: bytes
    challenge: str

    def texts(self, path: str) -> list[str]:
        return [element.text or "" for element in find(etree.fromstring(self.body), path)]

    @property
    def sub_status(self) -> str:
        return next(iter(self.texts("//subStatusCode")), "")


def find(root: etree._Element, path: str) -> list[etree._Element]:
    """Return the elements at a path of local names, with an optional [n] behind a name."""
    parts = []
    for part in path.strip("/").split("/"):
        name, bracket, index = part.partition("[")
        parts.append(f"*[local-name()='{name}']{bracket}{index}")
    return root.xpath(("//" if path.startswith("//") else "./") + "/".join(parts))


async def ask(
    twin: Twin, method: str, path: str, body: bytes = b"", user: str = "admin", password: str | None = None
) -> Reply:
    """Send one request, signed with HTTP Digest; without a password it goes out bare."""
    known = twin.profile.factory.users[0].password if password is None else password
    middlewares = (
        (aiohttp.DigestAuthMiddleware(login=user, password=known, preemptive=False),) if known else ()
    )
    url = f"http://{twin.installation.address}:{twin.installation.http_port}/ISAPI/{path}"
    async with (
        aiohttp.ClientSession(middlewares=middlewares) as session,
        session.request(method, url, data=body or None) as response,
    ):
        return Reply(response.status, await response.read(), response.headers.get("WWW-Authenticate", ""))


async def edit(twin: Twin, path: str, texts: dict[str, str], drop: list[str]) -> bytes:
    """Return a resource's document with other texts, and without the elements in ``drop``."""
    root = etree.fromstring((await ask(twin, "GET", path)).body)
    for place, value in texts.items():
        (element,) = find(root, place)
        element.text = value
    for place in drop:
        (element,) = find(root, place)
        element.getparent().remove(element)
    return etree.tostring(root)
