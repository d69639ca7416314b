"""Accounts: Security/users. Passwords go in and never come out."""

from __future__ import annotations

from itertools import count

from nanxi.devices.driver import Secret
from nanxi.devices.isapi.document import add_text, make
from nanxi.devices.state import Level, User
from nanxi.devices.values import Element, children, integer, text

PATH, ROOT, ITEM = "Security/users", "UserList", "User"

#: ISAPI's word for a level and ours; a Viewer may look and nothing else.
_LEVELS: dict[str, Level] = {"Administrator": "Administrator", "Operator": "Operator", "Viewer": "User"}
_WORDS = {level: word for word, level in _LEVELS.items()}


def read_users(root: Element) -> tuple[User, ...]:
    """Return the accounts; an unknown level counts as Extended."""
    return tuple(
        User(name, _LEVELS.get(text(entry, "userLevel"), "Extended"))
        for entry in children(root, ITEM)
        if (name := text(entry, "userName"))
    )


def find(root: Element, name: str) -> Element | None:
    """Return the entry of an account."""
    return next((entry for entry in children(root, ITEM) if text(entry, "userName") == name), None)


def new_user(root: Element, name: str) -> Element:
    """Return an entry for an account that is to be made, under the lowest number that is free."""
    entry = make(root, ITEM)
    taken = {integer(other, "id") for other in children(root, ITEM)}
    add_text(entry, "id", next(number for number in count(1) if number not in taken))
    add_text(entry, "userName", name)
    return entry


def write_user(entry: Element, password: Secret, level: Level) -> None:
    """Set password and level."""
    add_text(entry, "password", password.value, after="userName")
    add_text(entry, "userLevel", _WORDS.get(level, "Viewer"))


def vouch(entry: Element, login: Secret) -> None:
    """Add the password of who asks: newer firmware changes none without it."""
    add_text(entry, "loginPassword", login.value, after="password")
