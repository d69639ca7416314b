"""Commands of VRP that go somewhere, make or remove sections, save and restart."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lab.switches.config import RefusedError
from lab.switches.dialect import SYSTEM, USER, Context, command
from lab.switches.dialects.huawei_family import leave
from lab.switches.dialects.vrp.checks import AAA, ACL, BASIC, PORT, SVI, VLAN, VTY
from lab.switches.grammar import Values
from lab.switches.types import hashed, opens

if TYPE_CHECKING:
    from lab.switches.session import Session

_WAIT = "Info: This operation may take a few seconds. Please wait for a moment...done."


@command("system-view", "user")
def system_view(context: Context, values: Values) -> str:
    del values
    context.sections = [SYSTEM]
    session = context.session
    if session is not None and session.switch.traits.two_phase:
        session.candidate = session.switch.running.copy()
        context.config = session.candidate
    return "Enter system view, return user view with Ctrl+Z."


@command("quit", "*")
async def quit_view(context: Context, values: Values) -> str | None:
    del values
    if context.section == SYSTEM and not await _let_go(context):
        return None
    leave(context, SYSTEM)
    return None


@command("return")
async def return_view(context: Context, values: Values) -> str | None:
    del values
    if await _let_go(context):
        context.sections = [USER]
    return None


async def _let_go(context: Context) -> bool:
    """Leave two-phase mode; VRP8 asks what becomes of changes that were not committed."""
    session = context.session
    if session is None or session.candidate is None:
        return True
    if session.candidate.sections != session.switch.running.sections:
        question = "Warning: Uncommitted configurations found. Are you sure to commit them before exiting? [Y(yes)/N(no)/C(cancel)]:"
        answer = (await session.ask(question)).lower()[:1]
        if answer not in ("y", "n"):
            return False
        if answer == "y":
            session.switch.replace(session.candidate.copy())
    session.candidate = None
    context.config = session.switch.running
    return True


@command("screen-length 0 temporary", "user", "system")
def no_paging(context: Context, values: Values) -> str:
    del values
    if context.session is not None and context.session.terminal is not None:
        context.session.terminal.height = 0
    return "Info: The configuration takes effect on the current user terminal interface only."


@command("undo terminal {what:monitor|logging|debugging|trapping|alarm}", "user")
@command("terminal {what:monitor|logging|debugging|trapping|alarm}", "user")
@command("undo terminal monitor", "user")
def monitor(context: Context, values: Values) -> None:
    del context, values


@command("interface {port:port}", "system")
def port_view(context: Context, values: Values) -> None:
    context.enter((PORT, values["port"]))


@command("port-group group-member {first:port} to {last:port}", "system")
def port_group(context: Context, values: Values) -> None:
    names = [ident for ident, _ in context.config.of(PORT)]
    low, high = sorted((names.index(values["first"]), names.index(values["last"])))
    context.enter(*((PORT, name) for name in names[low : high + 1]))


@command("interface {svi:svi}", "system")
def svi_view(context: Context, values: Values) -> None:
    if not context.config.has((VLAN, values["svi"])):
        raise RefusedError("Error: Please create the VLAN first.")
    context.enter((SVI, values["svi"]))


@command("undo interface {svi:svi}", "system")
def no_svi(context: Context, values: Values) -> None:
    context.config.sections.pop((SVI, values["svi"]), None)


@command("vlan {vlan:vlan}", "system")
def vlan_view(context: Context, values: Values) -> None:
    context.enter((VLAN, values["vlan"]))


@command("vlan batch {vlans:vlans}", "system")
def vlan_batch(context: Context, values: Values) -> str:
    for vlan in sorted(values["vlans"]):
        context.config.section((VLAN, vlan))
    return _WAIT


@command("undo vlan {vlan:vlan}", "system")
def no_vlan(context: Context, values: Values) -> None:
    _remove_vlans(context, frozenset({values["vlan"]}))


@command("undo vlan batch {vlans:vlans}", "system")
def no_vlan_batch(context: Context, values: Values) -> str:
    _remove_vlans(context, values["vlans"])
    return _WAIT


def _remove_vlans(context: Context, vlans: frozenset[int]) -> None:
    config = context.config
    if 1 in vlans:
        raise RefusedError("Error: The default VLAN cannot be deleted.")
    for vlan in vlans:
        if config.has((SVI, vlan)):
            raise RefusedError("Error: The VLAN has a L3 interface. Please delete it first.")
    for vlan in vlans:
        config.sections.pop((VLAN, vlan), None)
    # An access port of a VLAN that goes falls back into VLAN 1; a trunk keeps its list.
    for name, entries in list(config.of(PORT)):
        if config.get((PORT, name), "default-vlan", "vlan") in vlans:
            del entries["default-vlan", ()]


@command("port trunk allow-pass vlan {vlans:vlans}", PORT)
def allow(context: Context, values: Values) -> str:
    return _change(context, "trunk", "trunk", values["vlans"], frozenset())


@command("undo port trunk allow-pass vlan {vlans:vlans}", PORT)
def disallow(context: Context, values: Values) -> str:
    return _change(context, "trunk", "trunk", frozenset(), values["vlans"])


@command("port hybrid untagged vlan {vlans:vlans}", PORT)
def untag(context: Context, values: Values) -> str:
    return _change(context, "hybrid", "hybrid-untagged", values["vlans"], frozenset())


@command("undo port hybrid untagged vlan {vlans:vlans}", PORT)
@command("undo port hybrid vlan {vlans:vlans}", PORT)
def no_untag(context: Context, values: Values) -> str:
    return _change(context, "hybrid", "hybrid-untagged", frozenset(), values["vlans"])


def _change(context: Context, kind: str, name: str, more: frozenset[int], less: frozenset[int]) -> str:
    """Change the VLANs of ports; VLAN 1 is among them until it is taken out."""
    for section in context.sections:
        if context.config.get(section, "link-type", "type", "hybrid") != kind:
            raise RefusedError("Error: The link type of the interface does not support this command.")
    for section in context.sections:
        old = context.config.get(section, name, "vlans", frozenset({1}))
        vlans = (old | more) - less
        entries = context.config.section(section)
        if vlans == {1}:
            entries.pop((name, ()), None)
        else:
            entries[name, ()] = {"vlans": vlans}
    return _WAIT


@command("port-isolate enable", PORT)
def isolate(context: Context, values: Values) -> None:
    del values
    for section in context.sections:
        context.config.section(section)["isolate", ()] = {"group": 1}


@command("port default vlan", PORT)
@command("ip address", PORT)
def incomplete(context: Context, values: Values) -> None:
    del context, values
    raise RefusedError("Error:Incomplete command found at '^' position.")


@command("acl [number] {acl:3000-3999}", "system")
def acl_view(context: Context, values: Values) -> None:
    context.enter((ACL, str(values["acl"])))


@command("acl [number] {acl:2000-2999}", "system")
def basic_acl_view(context: Context, values: Values) -> None:
    context.enter((BASIC, str(values["acl"])))


@command("undo acl [number] {acl:2000-3999}", "system")
def no_acl(context: Context, values: Values) -> None:
    for view in (ACL, BASIC):
        context.config.sections.pop((view, str(values["acl"])), None)


@command("aaa", "system")
def aaa_view(context: Context, values: Values) -> None:
    del values
    context.enter((AAA, ""))


@command("user-interface con {number:0-0}", "system")
@command("interface NULL0", "system")
def elsewhere(context: Context, values: Values) -> None:
    """Go where nothing is configured here; lines of a file that belong there are none."""
    del values
    context.sections = [("port-group", "")]


@command("user-interface vty {first:0-20} [{last:0-20}]", "system")
def vty_view(context: Context, values: Values) -> None:
    last = values.get("last", values["first"])
    for ident, _ in context.config.of(VTY):
        low, high = map(int, str(ident).split())
        if low <= values["first"] <= last <= high:
            context.enter((VTY, ident))
            return
    context.enter((VTY, f"{values['first']} {last}"))


@command("save [{force:=force}]", "user")
async def save(context: Context, values: Values) -> list[str]:
    question = (
        "The current configuration will be written to flash:/vrpcfg.zip.\nAre you sure to continue?[Y/N]"
    )
    if "force" not in values and not (await context.ask(question)).lower().startswith("y"):
        return []
    try:
        context.switch.save()
    except RefusedError:
        return [
            "Now saving the current configuration to the slot 0...",
            "Error: Failed to save the configuration because the flash memory does not have enough space.",
        ]
    return ["Now saving the current configuration to the slot 0...", "Save the configuration successfully."]


@command("reboot [{fast:=fast}]", "user")
async def reboot(context: Context, values: Values) -> list[str]:
    if "fast" not in values:
        session = context.session
        if session is not None:
            await session.say("Info: The system is now comparing the configuration, please wait.\n")
        if context.switch.unsaved():
            question = "Warning: All the configuration will be saved to the configuration file for the next startup:flash:/vrpcfg.zip, Continue?[Y/N]:"
            if (await context.ask(question)).lower().startswith("y"):
                context.switch.save()
        if not (await context.ask("System will reboot! Continue?[Y/N]:")).lower().startswith("y"):
            return []
    context.switch.reboot_soon()
    return ["Info: system is rebooting, please wait..."]


@command("snmp-agent usm-user v3 {user:word} authentication-mode {auth:md5|sha|sha2-256}", "system")
async def usm_auth(context: Context, values: Values) -> list[str]:
    return await _usm_key(context, values, "usm-auth", "authentication", "authkey")


@command("snmp-agent usm-user v3 {user:word} privacy-mode {priv:des56|aes128|aes256}", "system")
async def usm_priv(context: Context, values: Values) -> list[str]:
    return await _usm_key(context, values, "usm-priv", "privacy", "privkey")


async def _usm_key(context: Context, values: Values, name: str, what: str, parameter: str) -> list[str]:
    """Ask for a key twice, as VRP does when it is not in the line."""
    known = context.config.all(SYSTEM, "usm-group")
    if context.session is None or not any(item["user"] == values["user"] for item in known):
        raise RefusedError("Error: The user does not exist.")
    await context.session.say(f"Please configure the {what} password (8-64)\n")
    key = await context.session.ask("Enter Password:", echo=False)
    again = await context.session.ask("Confirm Password:", echo=False)
    if key != again or not 8 <= len(key) <= 64:
        return ["Error: The password is invalid, or the two passwords differ."]
    context.config.section(SYSTEM)[name, (values["user"],)] = {**values, parameter: hashed("%^%#", key)}
    return []


async def change_password(session: Session) -> None:
    """Take a new password at sign-in."""
    await session.say("Please enter old password: ")
    old = await session.ask("", echo=False)
    new = await session.ask("Please enter new password: ", echo=False)
    again = await session.ask("Please confirm new password: ", echo=False)
    entries = session.switch.running.section((AAA, ""))
    kept = entries["user-password", (session.user,)]
    if new != again or not opens(kept["password"], old) or not re.fullmatch(r"\S{8,128}", new):
        await session.say("Error: The password is invalid.\n")
        return
    entries["user-password", (session.user,)] = {**kept, "password": hashed("$1a$", new)}
    await session.say("The password has been changed successfully.\n")
