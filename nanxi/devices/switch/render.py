"""Spell an intent in a dialect with the templates beside this module: one file a section (pure)."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nanxi.devices.declare import SNMP_USER
from nanxi.devices.switch.dialects.model import Dialect
from nanxi.devices.switch.dialects.shared import mac
from nanxi.devices.switch.intent import LAST_RULE, Intent
from nanxi.devices.switch.reading import tree_of
from nanxi.devices.switch.secrets import placeholder
from nanxi.devices.switch.text import Tree

#: In this order: what is named comes before what names it, and what may cut management off last.
SECTIONS = ("system", "vlans", "acls", "ports", "trunks", "snmp", "ntp", "management")
TEMPLATES = Path(__file__).with_name("templates")


def render(intent: Intent, dialect: Dialect) -> str:
    """Return the configuration that is intended, as text; secrets are placeholders.

    Raises:
        jinja2.UndefinedError: a template names what an intent does not have.
    """
    values = {field.name: getattr(intent, field.name) for field in fields(intent)}
    environment = _environment()
    return "".join(
        environment.get_template(f"{dialect.name}/{section}.j2").render(values) for section in SECTIONS
    )


def intended(intent: Intent, dialect: Dialect) -> Tree:
    """Return the same in the normal form of the dialect."""
    return tree_of(render(intent, dialect), dialect)


@cache
def _environment() -> Environment:
    # The output is a switch's configuration and no HTML.
    environment = Environment(  # noqa: S701
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"mac": mac, "wildcard": _wildcard}
    environment.globals |= {"secret": placeholder, "last_rule": LAST_RULE, "snmp_user": SNMP_USER}
    return environment


def _wildcard(network: IPv4Network) -> str:
    """Return a network as ACLs write it: 10.98.0.0 0.0.0.63."""
    return f"{network.network_address} {network.hostmask}"
