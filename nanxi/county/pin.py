"""Write proposed address blocks into ``addresses.yml`` without touching anything a person wrote above them."""

from __future__ import annotations

import re
from ipaddress import IPv4Network
from pathlib import Path

from nanxi.county.addresses import propose
from nanxi.county.load import read_plan
from nanxi.files import write_atomically
from nanxi.findings import NanxiError

_BLOCKS = re.compile(r"^blocks:.*\Z", re.MULTILINE | re.DOTALL)


def pin_blocks(folder: Path, *, write: bool) -> dict[str, dict[str, IPv4Network]]:
    """Return the blocks that units of the plan in ``folder`` still lack, and with ``write`` pin them.

    Raises:
        InputError: the plan's files are malformed.
        NanxiError: a supernet is full, or ``blocks`` is not the last field of ``addresses.yml``.
    """
    plan, _ = read_plan(folder)
    try:
        blocks = propose(plan)
    except ValueError as error:
        raise NanxiError(f"{error}; enlarge the supernet in {folder / 'addresses.yml'}") from None
    if write:
        path = folder / "addresses.yml"
        text, count = _BLOCKS.subn(lambda _: render(blocks), path.read_text(encoding="utf-8"))
        if count != 1:
            raise NanxiError(f"{path}: 'blocks:' must be the last field of the file")
        write_atomically(path, text)
    old = plan.addresses.blocks
    added = {
        unit: {z: net for z, net in zones.items() if z not in old.get(unit, {})}
        for unit, zones in blocks.items()
    }
    return {unit: zones for unit, zones in added.items() if zones}


def render(blocks: dict[str, dict[str, IPv4Network]]) -> str:
    """Return the ``blocks`` field as YAML, one zone a line, so that git shows which unit got what."""
    lines = ["blocks:"]
    for unit, zones in blocks.items():
        lines.append(f"  {unit}:")
        lines += [f"    {zone}: {block}" for zone, block in zones.items()]
    return "\n".join(lines) + "\n"
