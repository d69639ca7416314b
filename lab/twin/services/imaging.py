"""Imaging service (ONVIF Imaging Service Specification)."""

from __future__ import annotations

from pydantic import ValidationError

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el
from lab.twin.services.capabilities import SERVICE_CAPABILITIES
from lab.twin.services.encoders import number
from lab.twin.services.table import Call, operation
from lab.twin.settings import Imaging
from lab.twin.soap import invalid_value, node, text

RANGE = (0, 100)
#: Element and field, in the order of tt:ImagingSettings20.
_NUMBERS = (("Brightness", "brightness"), ("ColorSaturation", "saturation"), ("Contrast", "contrast"))


@operation("timg:GetServiceCapabilities", Access.PRE_AUTH)
def get_service_capabilities(call: Call) -> Content:
    """Tell what the service can do."""
    return SERVICE_CAPABILITIES["timg"](call.twin.profile)


@operation("timg:GetImagingSettings", Access.READ_MEDIA)
def get_imaging_settings(call: Call) -> Content:
    """Tell the picture settings."""
    _known_source(call)
    imaging = call.settings.imaging
    return el(
        "timg:ImagingSettings",
        [el(f"tt:{name}", getattr(imaging, field)) for name, field in _NUMBERS],
        el("tt:IrCutFilter", imaging.ir_cut),
        el("tt:Sharpness", imaging.sharpness),
    )


@operation("timg:SetImagingSettings", Access.ACTUATE)
def set_imaging_settings(call: Call) -> Content:
    """Change picture settings; those that are absent stay."""
    _known_source(call)
    wanted = node(call.request, "timg:ImagingSettings")
    if wanted is None:
        raise invalid_value("ter:SettingsInvalid", "The requested settings are missing")
    changes: dict[str, object] = {
        field: value
        for name, field in (*_NUMBERS, ("Sharpness", "sharpness"))
        if (value := number(wanted, f"tt:{name}")) is not None
    }
    if any(not RANGE[0] <= value <= RANGE[1] for value in changes.values() if isinstance(value, float)):
        raise invalid_value("ter:SettingsInvalid", "The requested settings are incorrect")
    if (mode := text(wanted, "tt:IrCutFilter")) is not None:
        changes["ir_cut"] = mode
    try:
        call.twin.change("imaging", Imaging.model_validate({**call.settings.imaging.model_dump(), **changes}))
    except ValidationError:
        raise invalid_value("ter:SettingsInvalid", "The requested settings are incorrect") from None
    return None


@operation("timg:GetOptions", Access.READ_MEDIA)
def get_options(call: Call) -> Content:
    """Tell the ranges."""
    _known_source(call)
    return el(
        "timg:ImagingOptions",
        [_range(f"tt:{name}") for name, _ in _NUMBERS],
        [el("tt:IrCutFilterModes", mode) for mode in ("ON", "OFF", "AUTO")],
        _range("tt:Sharpness"),
    )


def _range(tag: str) -> Xml:
    return el(tag, el("tt:Min", RANGE[0]), el("tt:Max", RANGE[1]))


def _known_source(call: Call) -> None:
    token = text(call.request, "timg:VideoSourceToken")
    if token not in {source.token for source in call.twin.profile.hardware.sources}:
        raise invalid_value("ter:NoSource", "The requested video source does not exist")
