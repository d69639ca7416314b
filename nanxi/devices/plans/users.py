"""Accounts: the factory password goes, declared accounts exist with their level, others are findings."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState


def plan_users(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield what differs. Passwords are compared by signing in, so only their origin is known here."""
    admin = declared.accounts[0]
    if actual.credential == "factory":
        yield Change(Aspect.USERS, f"users.{admin.name}.password", "factory", "vault")
    if actual.users is None:
        return
    levels = {user.name: user.level for user in actual.users}
    for account in declared.accounts:
        level = levels.pop(account.name, None)
        if level is None:
            if account is not admin:  # a missing admin comes with the factory password's replacement
                yield Change(Aspect.USERS, f"users.{account.name}", "", account.level)
        elif level != account.level:
            yield Change(Aspect.USERS, f"users.{account.name}.level", level, account.level)
    for name, level in levels.items():
        yield Change(
            Aspect.USERS,
            f"users.{name}",
            level,
            "",
            applicable=False,
            reason="the account is not declared; delete it by hand if nobody needs it",
        )
