"""One ISAPI request: sign-in, the firmware's moods, then the resource."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from lab.twin.auth.access import Access
from lab.twin.auth.gate import Credentials, Refused, admit
from lab.twin.auth.http_digest import Answer
from lab.twin.isapi import capabilities, recorder, resources, system
from lab.twin.isapi.replies import CONTENT_TYPE, Problem, status_reply, unauthorized_reply
from lab.twin.isapi.tree import Element, new, write
from lab.twin.refusals import Reply
from lab.twin.twin import Twin

PREFIX = "/ISAPI/"

_ZONE = "System/time/timeZone"
_CAPABILITIES = re.compile(r"Streaming/channels/(\d+)/capabilities")


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came; ``path`` without the prefix, ``uri`` as the client wrote it."""

    method: str
    path: str
    uri: str
    body: bytes
    answer: Answer | None


def has_isapi(twin: Twin) -> bool:
    """Return whether the firmware has an ISAPI server."""
    return bool(twin.profile.isapi.documents)


def respond(twin: Twin, request: Request) -> Reply:
    """Answer a request."""
    answer = request.answer
    if answer is not None and answer.fields.get("uri") != request.uri:
        answer = None  # signed for something else
    access = Access.READ_SYSTEM if request.method == "GET" else Access.WRITE_SYSTEM
    if request.path == "Security/users" and request.method == "GET":
        access = Access.READ_SYSTEM_SENSITIVE
    try:
        admit(twin, f"{request.method} {PREFIX}{request.path}", access, Credentials(None, answer))
    except Refused as refused:
        if refused.forbidden:
            return status_reply(twin, request.uri, "lowPrivilege")
        return unauthorized_reply(twin, answer.user if answer else "", stale=refused.stale)
    try:
        return _answer(twin, request)
    except Problem as problem:
        return status_reply(twin, request.uri, problem.sub_status, problem.where)


def _answer(twin: Twin, request: Request) -> Reply:
    traits = twin.profile.isapi
    if any(request.path == name or request.path.startswith(f"{name}/") for name in traits.missing):
        raise Problem("notSupport")
    if request.path == _ZONE and request.method == "GET":
        return Reply(200, twin.settings.clock.timezone.encode(), "text/plain")
    if request.method == "GET":
        return _document(twin, _told(twin, request.path))
    if request.method == "POST" and request.path == "ContentMgmt/search":
        return _document(twin, recorder.search(twin, request.body))
    if twin.counts["isapi busy"] < traits.busy:
        twin.count("isapi busy")
        raise Problem("deviceBusy")
    return _change(twin, request)


def _told(twin: Twin, path: str) -> Element:
    if path == "Security/userCheck":
        return new("userCheck", statusValue=200, statusString="OK")
    if path == "ContentMgmt/Storage" and twin.settings.disks:
        return recorder.storage(twin)
    if path == f"{recorder.CHANNELS}/status":
        return recorder.channel_states(twin)
    if match := _CAPABILITIES.fullmatch(path):
        return capabilities.of_stream(twin, int(match[1]))
    if (root := resources.told(twin, path)) is None:
        raise Problem("notSupport")
    return root


def _change(twin: Twin, request: Request) -> Reply:
    number, make = "", _rebooting(twin, request)
    if request.path == _ZONE and request.method == "PUT":
        make = partial(system.set_zone, twin, request.body.decode("utf-8", "replace").strip())
    elif make is None and request.method == "PUT":
        make = resources.write(twin, request.path, request.body)
    elif make is None and request.method == "POST":
        make, number = resources.add(twin, request.path, request.body)
    elif make is None and request.method == "DELETE":
        make = resources.delete(twin, request.path)
    if make is None:
        raise Problem("methodNotAllowed")
    if any(request.path.startswith(name) for name in twin.profile.isapi.reboot_required):
        twin.pending.append(partial(_late, make))
        return status_reply(twin, request.uri, "rebootRequired", number=number)
    make()
    return status_reply(twin, request.uri, "ok", number=number)


def _late(make: Callable[[], None]) -> None:
    """Make a change at the restart; what was accepted in haste and is wrong comes to nothing."""
    with suppress(Problem):
        make()


def _rebooting(twin: Twin, request: Request) -> Callable[[], None] | None:
    return twin.reboot if (request.method, request.path) == ("PUT", "System/reboot") else None


def _document(twin: Twin, root: Element) -> Reply:
    traits = twin.profile.isapi
    return Reply(200, write(root, traits.namespace, traits.version), CONTENT_TYPE)
