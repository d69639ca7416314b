"""The HTTP face of every twin: one aiohttp server that tells devices apart by the address that was called."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from email.utils import formatdate
from functools import partial
from pathlib import Path

from aiohttp import web

from lab.twin import schema
from lab.twin.auth.access import Access
from lab.twin.auth.gate import Credentials, Refused, admit, realm
from lab.twin.auth.http_digest import challenges, new_nonce, read_answer
from lab.twin.auth.wsse import read_token
from lab.twin.hostile import Encounter, meet
from lab.twin.isapi import face
from lab.twin.refusals import Reply, fault_reply, page, refused_reply, unsupported_reply
from lab.twin.services import OPERATIONS, Call
from lab.twin.services.table import answer
from lab.twin.soap import Fault, Request, envelope, invalid_value, read_request
from lab.twin.twin import Twin

Lookup = Callable[[str], "Twin | None"]
Asked = Request | Fault | face.Request | None

#: A grey picture: what GetSnapshotUri leads to.
SNAPSHOT = Path(__file__).with_name("snapshot.jpg").read_bytes()


class WebFace:
    """Answers HTTP for all twins. ``lookup`` finds the twin that has an address."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer one request."""
        transport = request.transport
        assert transport is not None
        twin = self._lookup(transport.get_extra_info("sockname")[0])
        if twin is None or not twin.powered:
            transport.abort()
            return web.Response()
        twin.feel_load()
        if silent_s := twin.silent_s:
            await asyncio.sleep(silent_s)
            transport.abort()
            return web.Response()
        soap: Request | Fault | None = None
        isapi: face.Request | None = None
        if request.path.startswith(face.PREFIX) and face.has_isapi(twin):
            isapi = await _read_isapi(request)
        elif request.method == "POST":
            try:
                soap = read_request(await request.read())
            except Fault as fault:
                soap = fault
        name = soap.operation if isinstance(soap, Request) else f"{request.method} {request.path}"
        twin.count(name)
        for item in (*twin.faults, *twin.traits.misbehaves):
            if not item.operations or name in item.operations:
                honest = partial(_honest, twin, request, isapi or soap)
                asked = await request.read()
                await meet(item.behaviour, Encounter(twin, name, transport, item.options, asked, honest))
                return web.Response()
        return _honest(twin, request, isapi or soap)


async def _read_isapi(request: web.BaseRequest) -> face.Request:
    return face.Request(
        method=request.method,
        path=request.path.removeprefix(face.PREFIX).rstrip("/"),
        uri=request.path_qs,
        body=await request.read(),
        answer=read_answer(request.headers.get("Authorization"), request.method),
    )


def _honest(twin: Twin, request: web.BaseRequest, asked: Asked) -> web.Response:
    if isinstance(asked, face.Request):
        return _response(twin, face.respond(twin, asked))
    return _response(twin, _answer(twin, request, asked))


def _answer(twin: Twin, request: web.BaseRequest, soap: Request | Fault | None) -> Reply:
    header = read_answer(request.headers.get("Authorization"), request.method)
    if soap is None:
        return _get(twin, request.path, Credentials(None, header))
    if not twin.traits.services.paths.lead_to_a_service(request.path):
        return page(404, "Not Found")
    if isinstance(soap, Fault):
        return fault_reply(soap, twin.traits)
    services = twin.traits.services
    row = OPERATIONS.get(soap.operation)
    if row is None or soap.service not in services.offers or soap.operation in services.missing:
        return unsupported_reply(soap.operation, twin.traits)
    try:
        user = admit(twin, row.name, row.access, Credentials(read_token(soap.security), header))
        if twin.traits.soap.strict and (wrong := schema.problem(soap.element)):
            raise invalid_value("ter:InvalidParameter", wrong)
        return Reply(200, envelope(answer(Call(twin, soap.element, user), row)))
    except Refused as refused:
        return refused_reply(refused, twin.traits)
    except Fault as fault:
        return fault_reply(fault, twin.traits)


def _get(twin: Twin, path: str, sent: Credentials) -> Reply:
    if path == "/":
        return page(200, twin.profile.identity.manufacturer)
    snapshots = {profile.snapshot.partition("?")[0] for profile in twin.profile.hardware.profiles}
    if path not in snapshots:
        return page(404, "Not Found")
    try:
        admit(twin, "GET snapshot", Access.READ_MEDIA, sent)
    except Refused as refused:
        status = 401 if refused.challenge else 403
        return replace(page(status, refused.reason), challenge=refused.challenge, stale=refused.stale)
    return Reply(200, SNAPSHOT, "image/jpeg")


def _response(twin: Twin, reply: Reply) -> web.Response:
    response = web.Response(status=reply.status, body=reply.body)
    response.headers["Content-Type"] = reply.content_type
    # The device's own clock, right or wrong: clients without another way read it here (O2).
    response.headers["Date"] = formatdate(twin.now(), usegmt=True)
    response.headers["Server"] = twin.profile.identity.manufacturer
    if reply.challenge:
        nonce = new_nonce(twin.installation.host, twin.monotonic())
        for value in challenges(realm(twin), twin.traits.auth.algorithms, nonce, stale=reply.stale):
            response.headers.add("WWW-Authenticate", value)
    return response
