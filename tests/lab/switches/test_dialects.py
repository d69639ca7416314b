"""The same wishes in each dialect: typed as the manual has it, shown as the device shows it."""

from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path

import pytest
import yaml

from lab.switches.fleet import Order, build

ADDRESS = IPv4Interface("10.98.0.66/27")
CASES = sorted((Path(__file__).parents[2] / "cases/switches").glob("*.yml"))


def order(platform, **more):
    return Order("sw1", platform, ADDRESS, gateway=IPv4Address("10.98.0.65"), ports=4, **more)


async def booted(platform, **more):
    switch = build(order(platform, **more))
    await switch.boot()
    return switch


async def typed(switch, text):
    """Type lines as a person would; return prompts, lines and replies."""
    session = switch.open("admin", ADDRESS.ip)
    shown = []
    for line in text.splitlines():
        prompt = session.prompt()
        shown.append(f"{prompt}{line}")
        shown += await session.carry_out(line, len(prompt))
    switch.close(session)
    return [line.rstrip() for line in shown]


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
async def test_what_is_typed_and_what_is_said(file):
    case = yaml.safe_load(file.read_text("utf-8"))
    switch = await booted(
        case["profile"].split()[0], profile=case["profile"].split()[-1], traits=case.get("traits", {})
    )
    said = await typed(switch, case["type"])
    assert "\n".join(said).rstrip("\n") == case["say"].rstrip("\n")
    shown = "\n".join(switch.dialect.render(switch.running))
    for part in case.get("shows", ()):
        assert part.rstrip("\n") in shown, shown


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
async def test_what_is_shown_is_understood_again(file):
    """A saved configuration must come back as it was: the flash memory holds text, as in the device."""
    case = yaml.safe_load(file.read_text("utf-8"))
    switch = await booted(
        case["profile"].split()[0], profile=case["profile"].split()[-1], traits=case.get("traits", {})
    )
    await typed(switch, case["type"])
    switch.save()
    saved = await switch.load(switch.startup)
    assert switch.dialect.render(saved) == switch.dialect.render(switch.running)
    assert switch.dialect.ports(saved) == switch.dialect.ports(switch.running)
    assert switch.dialect.management(saved) == switch.dialect.management(switch.running)
