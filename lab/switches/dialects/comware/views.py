"""Commands of Comware that go somewhere, make or remove sections, save, restart and return by themselves."""

from __future__ import annotations

from lab.switches.config import RefusedError
from lab.switches.dialect import SYSTEM, USER, Context, command
from lab.switches.dialects.comware.checks import ACL, BASIC, PORT, SVI, USERS, VLAN, VTY, needs
from lab.switches.dialects.huawei_family import leave
from lab.switches.grammar import Values


@command("system-view", "user")
def system_view(context: Context, values: Values) -> str:
    del values
    context.sections = [SYSTEM]
    return "System View: return to User View with Ctrl+Z."


@command("quit", "*")
def quit_view(context: Context, values: Values) -> None:
    del values
    leave(context, SYSTEM)


@command("return")
def return_view(context: Context, values: Values) -> None:
    del values
    context.sections = [USER]


@command("screen-length disable", "*")
@command("undo terminal monitor", "user")
@command("terminal monitor", "user")
@command("undo terminal logging", "user")
def no_paging(context: Context, values: Values) -> None:
    del values
    if context.session is not None and context.session.terminal is not None:
        context.session.terminal.height = 0


@command("interface {port:port}", "system")
def port_view(context: Context, values: Values) -> None:
    context.enter((PORT, values["port"]))


@command("interface range {first:port} to {last:port}", "system")
def port_range(context: Context, values: Values) -> None:
    names = [ident for ident, _ in context.config.of(PORT)]
    low, high = sorted((names.index(values["first"]), names.index(values["last"])))
    context.enter(*((PORT, name) for name in names[low : high + 1]))


@command("interface {svi:svi}", "system")
def svi_view(context: Context, values: Values) -> None:
    if not context.config.has((VLAN, values["svi"])):
        raise RefusedError("Please create the VLAN first.")
    context.enter((SVI, values["svi"]))


@command("undo interface {svi:svi}", "system")
def no_svi(context: Context, values: Values) -> None:
    context.config.sections.pop((SVI, values["svi"]), None)


@command("vlan {vlan:vlan}", "system")
def vlan_view(context: Context, values: Values) -> None:
    context.enter((VLAN, values["vlan"]))


@command("vlan {low:vlan} to {high:vlan}", "system")
def vlan_range(context: Context, values: Values) -> str:
    for vlan in range(values["low"], values["high"] + 1):
        context.config.section((VLAN, vlan))
    return "" if context.session is None else "Please wait... Done."


@command("undo vlan {low:vlan} [to {high:vlan}]", "system")
def no_vlan(context: Context, values: Values) -> None:
    vlans = range(values["low"], values.get("high", values["low"]) + 1)
    if 1 in vlans:
        raise RefusedError("The default VLAN cannot be deleted.")
    for vlan in vlans:
        context.config.sections.pop((VLAN, vlan), None)
        context.config.sections.pop((SVI, vlan), None)
    # An access port of a VLAN that goes falls back into VLAN 1; a trunk keeps its list.
    for name, entries in list(context.config.of(PORT)):
        if context.config.get((PORT, name), "access", "vlan") in vlans:
            del entries["access", ()]


@command("port trunk permit vlan {vlans:vlans}", PORT)
def permit(context: Context, values: Values) -> str | None:
    return _change(context, values["vlans"], frozenset())


@command("undo port trunk permit vlan {vlans:vlans}", PORT)
def forbid(context: Context, values: Values) -> str | None:
    return _change(context, frozenset(), values["vlans"])


def _change(context: Context, more: frozenset[int], less: frozenset[int]) -> str | None:
    needs("trunk")(context, {})
    for section in context.sections:
        old = context.config.get(section, "trunk", "vlans", frozenset({1}))
        context.config.section(section)["trunk", ()] = {"vlans": (old | more) - less}
    return None


@command("undo port hybrid vlan {vlans:vlans}", PORT)
def no_hybrid(context: Context, values: Values) -> None:
    needs("hybrid")(context, {})
    for section in context.sections:
        entries = context.config.section(section)
        for name in ("hybrid-tagged", "hybrid-untagged"):
            old = context.config.get(
                section, name, "vlans", frozenset({1} if name == "hybrid-untagged" else ())
            )
            entries[name, ()] = {"vlans": old - values["vlans"]}


@command("acl number {acl:3000-3999}", "system")
@command("acl advanced {acl:3000-3999}", "system")
@command("acl advanced name {acl:name}", "system")
def acl_view(context: Context, values: Values) -> None:
    context.enter((ACL, str(values["acl"])))


@command("acl number {acl:2000-2999}", "system")
@command("acl basic {acl:2000-2999}", "system")
@command("acl basic name {acl:name}", "system")
def basic_acl_view(context: Context, values: Values) -> None:
    context.enter((BASIC, str(values["acl"])))


@command("undo acl number {acl:2000-3999}", "system")
@command("undo acl {kind:advanced|basic} {acl:2000-3999}", "system")
@command("undo acl {kind:advanced|basic} name {acl:name}", "system")
def no_acl(context: Context, values: Values) -> None:
    for view in (ACL, BASIC):
        context.config.sections.pop((view, str(values["acl"])), None)


@command("local-user {name:word} [class {kind:=manage}]", "system")
def user_view(context: Context, values: Values) -> str | None:
    known = context.config.has((USERS, values["name"]))
    context.enter((USERS, values["name"]))
    return None if known or context.session is None else "New local user added."


@command("undo local-user {name:word} class {kind:=manage}", "system")
def no_user(context: Context, values: Values) -> None:
    context.config.sections.pop((USERS, values["name"]), None)


@command("line class vty", "system")
@command("line aux {first:0-0}", "system")
@command("interface NULL0", "system")
def elsewhere(context: Context, values: Values) -> None:
    del values
    context.sections = [("elsewhere", "")]


@command("line vty {first:0-63} [{last:0-63}]", "system")
@command("user-interface vty {first:0-63} [{last:0-63}]", "system")
def vty_view(context: Context, values: Values) -> None:
    last = values.get("last", values["first"])
    for ident, _ in context.config.of(VTY):
        low, high = map(int, str(ident).split())
        if low <= values["first"] <= last <= high:
            context.enter((VTY, ident))


@command("save [{force:=force}]", "*")
async def save(context: Context, values: Values) -> list[str]:
    if "force" not in values and not await _agreed(context):
        return []
    try:
        context.switch.save()
    except RefusedError:
        return [
            "Validating file. Please wait...",
            "Failed to save the configuration: not enough space on flash:/.",
        ]
    return [
        "Validating file. Please wait...",
        "Saved the current configuration to mainboard device successfully.",
    ]


async def _agreed(context: Context) -> bool:
    """Go through the three questions of save."""
    first = "The current configuration will be written to the device. Are you sure? [Y/N]:"
    if not (await context.ask(first)).lower().startswith("y"):
        return False
    name = await context.ask(
        "Please input the file name(*.cfg)[flash:/startup.cfg]\n"
        "(To leave the existing filename unchanged, press the enter key):",
        default="",
    )
    if name and not name.endswith(".cfg"):
        raise RefusedError("The file name is invalid (does not end with .cfg).")
    again = "flash:/startup.cfg exists, overwrite? [Y/N]:"
    return (await context.ask(again)).lower().startswith("y")


@command("reboot [{force:=force}]", "user")
async def reboot(context: Context, values: Values) -> list[str]:
    if "force" not in values:
        session = context.session
        if session is not None:
            await session.say(
                "Start to check configuration with next startup configuration file, please wait.........DONE!\n"
            )
        if context.switch.unsaved():
            question = (
                "Current configuration may be lost after the reboot, save current configuration? [Y/N]:"
            )
            if (await context.ask(question)).lower().startswith("y"):
                context.switch.save()
        if (
            not (await context.ask("This command will reboot the device. Continue? [Y/N]:"))
            .lower()
            .startswith("y")
        ):
            return []
    context.switch.reboot_soon()
    return ["Now rebooting, please wait..."]


@command("configuration commit delay {delay:1-65535}", "system")
def commit_delay(context: Context, values: Values) -> None:
    """Settings act at once; unless committed in time they are taken back. Again: the time is new, the point is not."""
    _has_rollback(context)
    context.switch.arm(values["delay"] * context.switch.traits.delay_unit_s)


@command("configuration commit", "system")
def commit(context: Context, values: Values) -> None:
    del values
    _has_rollback(context)
    if not context.switch.disarm():
        raise RefusedError("The configuration commit delay timer is not running.")


def _has_rollback(context: Context) -> None:
    if not context.switch.traits.timed_rollback:
        raise RefusedError(" % Unrecognized command found at '^' position.")
