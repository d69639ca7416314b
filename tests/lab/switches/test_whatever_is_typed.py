"""Whatever is typed: no error inside, and what is shown afterwards is understood again."""

from ipaddress import IPv4Address, IPv4Interface
from random import Random

import pytest

from lab.switches import types
from lab.switches.fleet import Order, build
from lab.switches.grammar import Choice, Number

ADDRESS = IPv4Interface("10.98.0.66/27")
PROFILES = ("huawei_vrp", "huawei_vrp8", "hp_comware", "ruijie_os", "cisco_ios")
_LEAVES = ("reboot", "reload", "logout")
_RULES = {
    "huawei": ("permit ip", "deny ip", "permit tcp source 10.1.0.0 0.0.255.255 destination-port eq 80",
               "permit udp destination 10.98.1.10 0 destination-port range 100 200", "permit icmp", "permit source 10.1.1.1 0"),
    "cisco": ("permit ip any any", "deny tcp any host 10.1.1.1 eq 23", "permit udp 10.1.0.0 0.0.255.255 any range 100 200",
              "permit any", "deny 10.1.1.0 0.0.0.255", "permit tcp any any established"),
}  # fmt: skip


def sample(kind, dialect, chance):
    """Return a word or words that a parameter takes, more or less."""
    if isinstance(kind, Number):
        return str(chance.choice((kind.low, min(kind.high, kind.low + chance.randrange(30)), kind.high)))
    if isinstance(kind, Choice):
        return chance.choice(kind.keywords)
    if isinstance(kind, types.PortName):
        return chance.choice(dialect.port_names)
    if isinstance(kind, types.PortRange):
        return f"{dialect.port_names[0]}-2"
    huawei = dialect.name in ("huawei_vrp", "hp_comware")
    words = {
        types.VlanWords: ("10", "10 20 to 22", "1", "30"),
        types.VlanList: ("10", "10,20-22", "1", "30,31"),
        types.VlanInterface: (f"{getattr(kind, 'name', '')}{chance.choice((1, 10, 20))}",),
        types.Address: ("10.98.0.66", "10.1.1.1", "10.98.0.65", "0.0.0.0"),
        types.Mask: ("255.255.255.0", "255.255.255.224", "0.0.0.0"),
        types.MaskLength: ("24", "0"),
        types.Mac: ("0011-2233-4455", "0200-0000-0077") if huawei else ("0011.2233.4455", "0200.0000.0077"),
        types.Rest: ("ssh terminal", "cameras of the market"),
        types.Level: ("1", "2.5"),
        types.Word: ("nanxi", "CAMERAS", "flash:archive", "10"),
        types.Secret: ("Secret-2008",),
    }
    default = _RULES["huawei" if huawei else "cisco"]
    return chance.choice(words.get(type(kind), default))


def line(dialect, view, chance):
    """Return a line that the grammar of a view has, more or less."""
    node, said = dialect._grammars[view]._root, []
    while node.keywords or node.parameters:
        if node.target is not None and chance.random() < 0.3:
            break
        choices = [*node.keywords.items(), *node.parameters]
        step, node = chance.choice(choices)
        said.append(step if isinstance(step, str) else sample(step.type, dialect, chance))
    return " ".join(said)


@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("seed", range(8))
async def test_lines_by_chance(profile, seed):
    chance = Random(f"{profile}{seed}")
    platform = profile.removesuffix("8")
    switch = build(
        Order("sw1", platform, ADDRESS, gateway=IPv4Address("10.98.0.65"), ports=4, profile=profile)
    )
    await switch.boot()
    session = switch.open("admin", ADDRESS.ip)
    dialect = switch.dialect
    typed = []
    for _ in range(150):
        view = session.context.section[0]
        wanted = chance.choice(("system", view, view, view, *dialect.views)) if view != "user" else "user"
        words = line(dialect, wanted, chance)
        if words.split()[0] in _LEAVES:
            continue
        if view == "user" and chance.random() < 0.5:
            words = (
                "system-view"
                if "system-view" in dialect._grammars["user"]._root.keywords
                else "configure terminal"
            )
        typed.append(words)
        await session.carry_out(words, len(session.prompt()))
        switch.ports()
        switch.answer(ADDRESS.ip)
        if session.ended:
            switch.close(session)
            session = switch.open("admin", ADDRESS.ip)
    before = dialect.render(switch.running)
    switch.save()
    saved = await switch.load(switch.startup)
    assert dialect.render(saved) == before, typed
    assert dialect.ports(saved) == switch.ports()
    assert dialect.management(saved) == dialect.management(switch.running)


@pytest.mark.parametrize("profile", PROFILES)
async def test_rubbish_is_refused_and_never_an_error(profile):
    chance = Random(profile)
    switch = build(Order("sw1", profile.removesuffix("8"), ADDRESS, ports=4, profile=profile))
    await switch.boot()
    session = switch.open("admin", ADDRESS.ip)
    before = switch.running.copy()
    for _ in range(300):
        rubbish = "".join(
            chr(chance.choice((*range(33, 127), 0x4E2D, 0x20, 0x20))) for _ in range(chance.randrange(1, 60))
        )
        words = rubbish.split()
        if words and len(words[0]) > 2 and not words[0].startswith(switch.dialect.comment):
            assert await session.carry_out(rubbish, 0), rubbish
            assert switch.running.sections == before.sections
