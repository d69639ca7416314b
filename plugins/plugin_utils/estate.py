# Apache-2.0
"""The estate that the inventory plugin loaded: forked workers find it here instead of reading 5,286 rows again."""

from __future__ import annotations

from pathlib import Path

from nanxi.estate import Estate, load_estate

_REGISTERS: dict[Path, Path] = {}


def remember(inventory: Path, register: Path) -> None:
    """Note which register an inventory uses; load_estate keeps what it loaded from there."""
    _REGISTERS[inventory] = register


def estate_of(inventory: Path | str) -> Estate:
    """Return the estate of an inventory folder, as the inventory plugin loaded it."""
    root = Path(inventory).resolve()
    return load_estate(root, _REGISTERS.get(root))


def unit_names() -> dict[str, str]:
    """Return what people call each unit of the inventories that were loaded."""
    return {unit.key: unit.name for root in _REGISTERS for unit in estate_of(root).plan.units}


def register_of(inventory: Path | str) -> Path:
    """Return the register's folder of an inventory, as the inventory plugin found it."""
    root = Path(inventory).resolve()
    return _REGISTERS.get(root, root / "register")
