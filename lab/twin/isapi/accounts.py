"""Accounts: those of ONVIF, in ISAPI's words."""

from __future__ import annotations

from lab.twin.isapi.bindings import bind
from lab.twin.isapi.replies import Problem
from lab.twin.isapi.tree import Element, new, text
from lab.twin.settings import User
from lab.twin.twin import Twin

_TOLD = {"Administrator": "Administrator", "Operator": "Operator", "User": "Viewer"}
_LEVELS = {told: level for level, told in _TOLD.items()}
_NAME_LENGTH, _PASSWORD_LENGTH = range(1, 33), range(8, 17)


def show_users(twin: Twin, root: Element, _channel: int) -> None:
    """Tell names and levels."""
    root[:] = [
        new(
            "User",
            id=number,
            userName=user.name,
            bondIpAddressList="",
            bondMacAddressList="",
            userLevel=_TOLD.get(user.level, "Viewer"),
        )
        for number, user in enumerate(twin.settings.users, 1)
    ]


def take_users(twin: Twin, root: Element, _channel: int) -> None:
    """Set accounts; one without a password in the document keeps its own."""
    present = {user.name: user for user in twin.settings.users}
    users = []
    for item in root.findall("User"):
        name, password = text(item, "userName"), text(item, "password")
        level = _LEVELS.get(text(item, "userLevel"))
        old = present.get(name)
        if level is None or len(name) not in _NAME_LENGTH or not (password or old):
            raise Problem("badParameters", "User")
        if password and len(password) not in _PASSWORD_LENGTH:
            raise Problem("badParameters", "password")
        if password and twin.profile.isapi.asks_login_password:
            _check_login(twin, item)
        users.append(User(name=name, password=password or (old.password if old else ""), level=level))
    if not any(user.level == "Administrator" for user in users):
        raise Problem("invalidOperation")
    twin.change("users", tuple(users))


def _check_login(twin: Twin, item: Element) -> None:
    """Only who knows an administrator's present password may set one."""
    known = {user.password for user in twin.settings.users if user.level == "Administrator"}
    if text(item, "loginPassword") not in known:
        raise Problem("badLoginPassword")


bind("Security/users", show_users, take_users)
