"""Commands of IOS that Ruijie has otherwise: the archive, saving and restarting."""

from __future__ import annotations

from lab.switches.config import RefusedError
from lab.switches.dialect import Context, command
from lab.switches.dialects.ios.lines import ARCHIVE
from lab.switches.grammar import Values


@command("archive", "system")
def archive(context: Context, values: Values) -> None:
    del values
    context.enter((ARCHIVE, ""))


@command("no service {what:word} [{more:text}]", "system")
@command("service timestamps {what:debug|log} {more:text}", "system")
def ignored(context: Context, values: Values) -> None:
    del context, values


@command("write [memory]", "user")
def write(context: Context, values: Values) -> list[str]:
    del values
    try:
        context.switch.save()
    except RefusedError:
        return ["Building configuration...", "", "startup-config file open failed (No space left on device)"]
    return ["Building configuration...", "[OK]"]


@command("copy running-config startup-config", "user")
async def copy(context: Context, values: Values) -> list[str]:
    await context.ask("Destination filename [startup-config]? ", default="")
    return write(context, values)


@command("reload", "user")
async def reload(context: Context, values: Values) -> list[str]:
    del values
    if context.switch.unsaved():
        answer = await context.ask("\nSystem configuration has been modified. Save? [yes/no]: ")
        if answer.lower().startswith("y"):
            context.switch.save()
    if (await context.ask("Proceed with reload? [confirm]")).lower() not in ("", "y", "yes"):
        return []
    context.switch.reboot_soon()
    return []
