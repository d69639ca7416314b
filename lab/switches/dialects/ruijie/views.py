"""Commands of RGOS that IOS has otherwise: VLAN ranges, saving, restarting."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lab.switches.config import RefusedError
from lab.switches.dialect import SYSTEM, Context, command
from lab.switches.dialects.ios.lines import PORT, VLAN
from lab.switches.dialects.ios.views import change_trunk
from lab.switches.grammar import Values
from lab.switches.types import hashed

if TYPE_CHECKING:
    from lab.switches.session import Session


@command("vlan range {vlans:vlans}", "system")
def vlan_range(context: Context, values: Values) -> None:
    context.enter(*((VLAN, vlan) for vlan in sorted(values["vlans"])))


@command("switchport trunk allowed vlan only {vlans:vlans}", PORT)
def allow_only(context: Context, values: Values) -> None:
    change_trunk(context, values["vlans"])


@command("no service {what:word}", "system")
@command("no ip domain-lookup", "system")
def ignored(context: Context, values: Values) -> None:
    del context, values


@command("write [memory]", "user")
@command("copy running-config startup-config", "user")
def write(context: Context, values: Values) -> list[str]:
    del values
    try:
        context.switch.save()
    except RefusedError:
        return [
            "",
            "Building configuration...",
            "%Error: failed to write startup-config: no space left on flash.",
        ]
    return ["", "Building configuration...", "[OK]"]


@command("reload", "user")
async def reload(context: Context, values: Values) -> list[str]:
    del values
    if not (await context.ask("Reload system?(Y/N) ")).lower().startswith("y"):
        return []
    context.switch.reboot_soon()
    return ["Reloading the system..."]


async def change_password(session: Session) -> None:
    """Take a new password at sign-in."""
    new = await session.ask("New password: ", echo=False)
    again = await session.ask("Confirm new password: ", echo=False)
    if new != again or not re.fullmatch(r"\S{8,64}", new):
        await session.say("% The password was not changed.\n")
        return
    entries = session.switch.running.section(SYSTEM)
    entries["user", (session.user,)] = {**entries["user", (session.user,)], "password": hashed("$1$", new)}
