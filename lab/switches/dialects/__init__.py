"""The operating systems that a twin can speak, by the name that netmiko gives them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from lab.switches.dialect import Dialect
from lab.switches.dialects.comware import Comware
from lab.switches.dialects.ios import Cisco
from lab.switches.dialects.ruijie import Ruijie
from lab.switches.dialects.vrp import Vrp

_MAKERS: dict[str, Callable[[tuple[str, ...]], Dialect]] = {
    "huawei_vrp": Vrp,
    "hp_comware": Comware,
    "ruijie_os": Ruijie,
    "cisco_ios": Cisco,
}


@cache
def dialect(name: str, ports: tuple[str, ...]) -> Dialect:
    """Return a dialect on hardware with these ports; twins of one kind share it."""
    return _MAKERS[name](ports)
