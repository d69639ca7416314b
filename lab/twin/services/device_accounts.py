"""Device service: accounts (ONVIF Core 8.4.1). Passwords go in and never come out."""

from __future__ import annotations

from lxml import etree
from pydantic import ValidationError

from lab.twin.auth.access import Access
from lab.twin.markup import Content, el
from lab.twin.services.table import Call, operation
from lab.twin.settings import User
from lab.twin.soap import NAMESPACES, Fault, invalid_value, nodes, text

MAX_USERS = 16
MAX_NAME = 32
PASSWORD_LENGTH = range(1, 65)


@operation("tds:GetUsers", Access.READ_SYSTEM_SECRET)
def get_users(call: Call) -> Content:
    """Tell names and levels."""
    return [
        el("tds:User", el("tt:Username", user.name), el("tt:UserLevel", user.level))
        for user in call.settings.users
    ]


@operation("tds:CreateUsers", Access.WRITE_SYSTEM)
def create_users(call: Call) -> Content:
    """Add accounts, all or none."""
    users = {user.name: user for user in call.settings.users}
    for node in nodes(call.request, "tds:User"):
        new = _read(node, password=None)
        if new.name in users:
            raise Fault(
                "Sender", "ter:OperationProhibited", "ter:UsernameClash", reason="Username already exists"
            )
        if not 0 < len(new.name) <= MAX_NAME:
            raise Fault(
                "Sender", "ter:OperationProhibited", "ter:UsernameTooLong", reason="The name is too long"
            )
        users[new.name] = new
    if len(users) > MAX_USERS:
        raise Fault("Receiver", "ter:Action", "ter:TooManyUsers", reason="Maximum number of users exceeded")
    call.twin.change("users", tuple(users.values()))
    return None


@operation("tds:SetUser", Access.WRITE_SYSTEM)
def set_user(call: Call) -> Content:
    """Change password or level of accounts, all or none; a password that is left out stays."""
    users = {user.name: user for user in call.settings.users}
    for node in nodes(call.request, "tds:User"):
        old = users.get(text(node, "tt:Username") or "")
        if old is None:
            raise invalid_value("ter:UsernameMissing", "Username not recognized")
        users[old.name] = _read(node, password=old.password)
    _keep_an_administrator(users)
    call.twin.change("users", tuple(users.values()))
    return None


@operation("tds:DeleteUsers", Access.WRITE_SYSTEM)
def delete_users(call: Call) -> Content:
    """Remove accounts, all or none."""
    users = {user.name: user for user in call.settings.users}
    for node in nodes(call.request, "tds:Username"):
        if users.pop((node.text or "").strip(), None) is None:
            raise invalid_value("ter:UsernameMissing", "Username not recognized")
    _keep_an_administrator(users)
    call.twin.change("users", tuple(users.values()))
    return None


def _read(node: etree._Element, *, password: str | None) -> User:
    given = node.findtext("tt:Password", namespaces=NAMESPACES)
    new = password if given is None else given
    if new is None or len(new) not in PASSWORD_LENGTH:
        raise Fault(
            "Sender", "ter:OperationProhibited", "ter:Password", reason="Too weak or too long password"
        )
    try:
        return User.model_validate(
            {"name": text(node, "tt:Username") or "", "password": new, "level": text(node, "tt:UserLevel")}
        )
    except ValidationError:
        raise invalid_value("ter:InvalidParameter", "no such user level") from None


def _keep_an_administrator(users: dict[str, User]) -> None:
    # A device without an administrator could only be repaired on its pole.
    if not any(user.level == "Administrator" for user in users.values()):
        raise Fault(
            "Sender", "ter:OperationProhibited", "ter:FixedUser", reason="The last administrator must stay"
        )
