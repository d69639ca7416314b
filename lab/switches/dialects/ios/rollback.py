"""Configuration Rollback Confirmed Change of IOS 12.2(55)SE and later: ``configure terminal revert timer``."""

from __future__ import annotations

from datetime import UTC, datetime

from lab.switches.config import RefusedError
from lab.switches.dialect import SYSTEM, Context, command
from lab.switches.dialects.ios.lines import ARCHIVE
from lab.switches.grammar import Values

_NONE = "%No Rollback Confirmed Change pending"


@command("configure terminal revert timer {minutes:1-120}", "user")
@command("configure terminal revert timer idle {minutes:1-120}", "user")
def configure_revert(context: Context, values: Values) -> list[str]:
    """Take a copy, go into configuration mode; unconfirmed, the copy comes back after so many minutes."""
    switch = context.switch
    if not switch.traits.timed_rollback:
        raise RefusedError("% Invalid input detected at '^' marker.\n")
    path = context.config.get((ARCHIVE, ""), "archive-path", "path")
    if path is None:
        raise RefusedError("%Turn config archive on before using Rollback Confirmed Change")
    if switch.rollback is not None:
        raise RefusedError("%Rollback Confirmed Change is pending; confirm or revert it first")
    switch.arm(values["minutes"] * 60)
    switch.armed_at = (switch.clock.wall(), values["minutes"])
    context.sections = [SYSTEM]
    return [
        f"Rollback Confirmed Change: Backing up current running config to {path}-1",
        "",
        "Enter configuration commands, one per line.  End with CNTL/Z.",
    ]


@command("configure confirm", "user")
def confirm(context: Context, values: Values) -> str | None:
    del values
    return None if context.switch.disarm() else _NONE


@command("configure revert now", "user")
def revert(context: Context, values: Values) -> list[str]:
    del values
    if context.switch.rollback is None:
        return [_NONE]
    context.switch.revert()
    return ["Rollback Confirmed Change: Rolling back", "", "Total number of passes: 1", "Rollback Done", ""]


@command("configure revert timer {minutes:1-120}", "user")
def extend(context: Context, values: Values) -> str | None:
    if context.switch.rollback is None:
        return _NONE
    context.switch.arm(values["minutes"] * 60)
    return None


@command("show archive config rollback timer", "user")
def timer(context: Context, values: Values) -> list[str]:
    del values
    switch = context.switch
    if switch.rollback is None or switch.armed_at is None:
        return [_NONE]
    at, minutes = switch.armed_at
    return [
        f"Time configured(or reconfigured): {datetime.fromtimestamp(at, UTC):%H:%M:%S UTC %a %b %d %Y}",
        "Timer type: absolute timer",
        f"Timer value: {minutes} min",
        f"User: {context.session.user if context.session else ''}",
    ]
