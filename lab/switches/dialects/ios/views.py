"""Commands that Cisco IOS and Ruijie share: modes, sections, access lists, paging."""

from __future__ import annotations

from lab.switches.config import RefusedError
from lab.switches.dialect import SYSTEM, USER, Context, command
from lab.switches.dialects.ios.lines import ALL_VLANS, EXT, LINE, PORT, STD, SVI, VLAN, rule_guard
from lab.switches.grammar import Values
from lab.switches.types import opens

_RESERVED = frozenset(range(1002, 1006))


@command("exit", "*")
@command("quit", "user")
@command("logout", "user")
def leave(context: Context, values: Values) -> None:
    del values
    if context.section == USER:
        if context.session is not None:
            context.session.ended = True
        return
    context.sections = [USER if context.section == SYSTEM else SYSTEM]


@command("end")
def end(context: Context, values: Values) -> None:
    del values
    context.sections = [USER]


@command("enable", "user")
async def enable(context: Context, values: Values) -> str | None:
    del values
    session = context.session
    if session is None or session.privileged:
        return None
    secret = context.switch.running.get(SYSTEM, "enable", "password")
    if secret is None:
        return "% No password set"
    for _ in range(3):
        if opens(secret, await session.ask("Password: ", echo=False)):
            session.privileged = True
            return None
    return "% Access denied"


@command("disable", "user")
def disable(context: Context, values: Values) -> None:
    del values
    if context.session is not None:
        context.session.privileged = False


@command("terminal length {height:0-512}", "user")
def height(context: Context, values: Values) -> None:
    if context.session is not None and context.session.terminal is not None:
        context.session.terminal.height = values["height"]


@command("terminal width {width:0-512}", "user")
@command("terminal no monitor", "user")
@command("terminal monitor", "user")
def width(context: Context, values: Values) -> None:
    del context, values


@command("configure terminal", "user")
def configure(context: Context, values: Values) -> str:
    del values
    context.sections = [SYSTEM]
    return "Enter configuration commands, one per line.  End with CNTL/Z."


@command("interface {port:port}", "system")
def port_view(context: Context, values: Values) -> None:
    context.enter((PORT, values["port"]))


@command("interface range {ports:ports}", "system")
def port_range(context: Context, values: Values) -> None:
    context.enter(*((PORT, name) for name in values["ports"]))


@command("interface {svi:svi}", "system")
def svi_view(context: Context, values: Values) -> None:
    context.enter((SVI, values["svi"]))


@command("no interface {svi:svi}", "system")
def no_svi(context: Context, values: Values) -> None:
    context.config.sections.pop((SVI, values["svi"]), None)


@command("default interface {port:port}", "system")
def default_port(context: Context, values: Values) -> str:
    context.config.sections[PORT, values["port"]] = {}
    return f"Interface {values['port']} set to default configuration"


@command("vlan {vlans:vlans}", "system")
def vlan_view(context: Context, values: Values) -> None:
    if values["vlans"] & _RESERVED:
        raise RefusedError("% Default VLAN may not be created or changed.")
    context.enter(*((VLAN, vlan) for vlan in sorted(values["vlans"])))


@command("no vlan {vlans:vlans}", "system")
def no_vlan(context: Context, values: Values) -> None:
    """A port of a VLAN that goes keeps its line and carries nothing from then on."""
    if 1 in values["vlans"]:
        raise RefusedError("%Default VLAN 1 may not be deleted.")
    for vlan in values["vlans"]:
        context.config.sections.pop((VLAN, vlan), None)


@command("line vty {first:0-35} [{last:0-35}]", "system")
def vty_view(context: Context, values: Values) -> None:
    first, last = values["first"], values.get("last", values["first"])
    fitting = []
    for ident, _ in context.config.of(LINE):
        kind, *bounds = str(ident).split()
        if kind == "vty" and int(bounds[0]) <= last and first <= int(bounds[-1]):
            fitting.append((LINE, ident))
    context.enter(*(fitting or [(LINE, f"vty {first} {last}")]))


@command("line console {number:0-0}", "system")
def console_view(context: Context, values: Values) -> None:
    del values
    context.enter((LINE, "con 0"))


@command("ip access-list {kind:standard|extended} {name:word}", "system")
def acl_view(context: Context, values: Values) -> None:
    context.enter((EXT if values["kind"] == "extended" else STD, values["name"]))


@command("no ip access-list {kind:standard|extended} {name:word}", "system")
def no_acl(context: Context, values: Values) -> None:
    context.config.sections.pop((EXT if values["kind"] == "extended" else STD, values["name"]), None)


@command("access-list {name:100-199} {rule:extended}", "system")
def extended_rule(context: Context, values: Values) -> None:
    _add_rule(context, EXT, values)


@command("access-list {name:1-99} {rule:standard}", "system")
def standard_rule(context: Context, values: Values) -> None:
    _add_rule(context, STD, values)


def _add_rule(context: Context, view: str, values: Values) -> None:
    section = (view, str(values["name"]))
    context.config.section(section)
    inside = Context(context.switch, context.config, [section], context.session)
    kept = rule_guard(inside, {"rule": values["rule"]})
    if kept is not None:
        context.config.section(section)["rule", (kept["id"],)] = kept


@command("no access-list {name:1-199}", "system")
def no_numbered(context: Context, values: Values) -> None:
    for view in (EXT, STD):
        context.config.sections.pop((view, str(values["name"])), None)


@command("no {rule:extended}", EXT)
@command("no {rule:standard}", STD)
def no_rule(context: Context, values: Values) -> None:
    entries = context.config.section(context.section)
    for identity in [
        key for key, item in entries.items() if key[0] == "rule" and item["rule"] == values["rule"]
    ]:
        del entries[identity]


@command("switchport trunk allowed vlan {vlans:vlans}", PORT)
def allow_only(context: Context, values: Values) -> None:
    change_trunk(context, values["vlans"])


@command("switchport trunk allowed vlan add {vlans:vlans}", PORT)
def allow_more(context: Context, values: Values) -> None:
    change_trunk(context, None, more=values["vlans"])


@command("switchport trunk allowed vlan remove {vlans:vlans}", PORT)
def allow_less(context: Context, values: Values) -> None:
    change_trunk(context, None, less=values["vlans"])


@command("switchport trunk allowed vlan except {vlans:vlans}", PORT)
def allow_other(context: Context, values: Values) -> None:
    change_trunk(context, ALL_VLANS - values["vlans"])


@command("switchport trunk allowed vlan {what:all|none}", PORT)
@command("no switchport trunk allowed vlan", PORT)
def allow_all(context: Context, values: Values) -> None:
    change_trunk(context, frozenset() if values.get("what") == "none" else ALL_VLANS)


def change_trunk(
    context: Context,
    vlans: frozenset[int] | None,
    *,
    more: frozenset[int] = frozenset(),
    less: frozenset[int] = frozenset(),
) -> None:
    """Change the VLANs that ports let through as trunks; all of them at first."""
    for section in context.sections:
        old = context.config.get(section, "trunk", "vlans", ALL_VLANS) if vlans is None else vlans
        context.config.section(section)["trunk", ()] = {"vlans": (old | more) - less}
