"""The four systems, by the register's word. A fifth is one module here and one folder of templates."""

from __future__ import annotations

from nanxi.devices.switch.dialects.cisco_ios import CISCO_IOS
from nanxi.devices.switch.dialects.hp_comware import HP_COMWARE
from nanxi.devices.switch.dialects.huawei_vrp import HUAWEI_VRP
from nanxi.devices.switch.dialects.model import Arming, Dialect, How
from nanxi.devices.switch.dialects.ruijie_os import RUIJIE_OS

DIALECTS: dict[str, Dialect] = {one.name: one for one in (HUAWEI_VRP, HP_COMWARE, RUIJIE_OS, CISCO_IOS)}

__all__ = ["DIALECTS", "Arming", "Dialect", "How"]
