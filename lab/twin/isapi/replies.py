"""What an ISAPI server answers besides documents: ResponseStatus, and userCheck with its count of attempts."""

from __future__ import annotations

from lab.twin.isapi.tree import new, write
from lab.twin.refusals import Reply
from lab.twin.twin import Twin

CONTENT_TYPE = 'application/xml; charset="UTF-8"'

#: Sub-status -> HTTP status, statusCode and its words (ISAPI, XML_ResponseStatus).
_STATUS = {
    "ok": (200, 1, "OK"),
    "rebootRequired": (200, 7, "Reboot Required"),
    "deviceBusy": (503, 2, "Device Busy"),
    "invalidOperation": (403, 4, "Invalid Operation"),
    "notSupport": (403, 4, "Invalid Operation"),
    "methodNotAllowed": (405, 4, "Invalid Operation"),
    "lowPrivilege": (403, 4, "Invalid Operation"),
    "badXmlFormat": (400, 5, "Invalid XML Format"),
    "badXmlContent": (400, 6, "Invalid XML Content"),
    "badParameters": (400, 6, "Invalid XML Content"),
    "badLoginPassword": (400, 6, "Invalid XML Content"),
}


class Problem(Exception):  # noqa: N818 - an answer, not an error of the program
    """The device refuses; ``args[0]`` is a sub-status, ``where`` what it is about."""

    def __init__(self, sub_status: str, where: str = "") -> None:
        super().__init__(sub_status)
        self.sub_status = sub_status
        self.where = where


def status_reply(twin: Twin, path: str, sub_status: str, where: str = "", number: str = "") -> Reply:
    """Return a ResponseStatus; ``number`` is the id of what a POST has made."""
    traits = twin.profile.isapi
    http, code, words = _STATUS[sub_status]
    if sub_status == "notSupport" and traits.not_found:
        http = 404
    if traits.errors_as_200:
        http = 200
    texts = {"requestURL": path, "statusCode": code, "statusString": words, "subStatusCode": sub_status}
    if number:
        texts["id"] = number
    if where:
        texts["description"] = where
    return Reply(http, write(new("ResponseStatus", **texts), traits.namespace, traits.version), CONTENT_TYPE)


def unauthorized_reply(twin: Twin, user: str, *, stale: bool) -> Reply:
    """Return a refused sign-in: 401, a challenge, and how many attempts are left."""
    traits = twin.profile.isapi
    texts: dict[str, object] = {"statusValue": 401, "statusString": "Unauthorized"}
    locked_s = twin.lockout.locked_s(user)
    left = twin.lockout.attempts_left(user)
    if left is not None:
        texts["lockStatus"] = "lock" if locked_s else "unlock"
        texts["unlockTime"] = round(locked_s)
        texts["retryLoginTime"] = 0 if locked_s else left
    body = write(new("userCheck", **texts), traits.namespace, traits.version)
    return Reply(401, body, CONTENT_TYPE, challenge=True, stale=stale)
