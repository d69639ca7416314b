"""Device service: reboot, factory default, log (ONVIF Core 8.3)."""

from __future__ import annotations

from lab.twin.auth.access import Access
from lab.twin.markup import Content, el
from lab.twin.services.table import Call, operation
from lab.twin.soap import invalid_value, text


@operation("tds:SystemReboot", Access.UNRECOVERABLE)
def system_reboot(call: Call) -> Content:
    """Restart; the answer still gets out."""
    call.twin.reboot()
    return el("tds:Message", f"Rebooting in {call.twin.traits.boot_s:g} seconds")


@operation("tds:SetSystemFactoryDefault", Access.UNRECOVERABLE)
def set_system_factory_default(call: Call) -> Content:
    """Return to the factory's settings."""
    kind = text(call.request, "tds:FactoryDefault")
    if kind not in ("Hard", "Soft"):
        raise invalid_value("ter:InvalidParameter", "neither Hard nor Soft")
    call.twin.factory_reset(hard=kind == "Hard")
    return None


@operation("tds:GetSystemLog", Access.READ_SYSTEM_SECRET)
def get_system_log(call: Call) -> Content:
    """Tell what the device was asked to do since the lab started."""
    lines = "\n".join(f"{name}: {number}" for name, number in sorted(call.twin.counts.items()))
    return el("tds:SystemLog", el("tt:String", lines))
