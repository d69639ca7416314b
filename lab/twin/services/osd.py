"""Text overlays, the same in Media and Media2 (ONVIF Media 5.20, Media2 5.10)."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree
from pydantic import ValidationError

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el, opt
from lab.twin.services.encoders import number
from lab.twin.services.table import Call, operation
from lab.twin.settings import Osd
from lab.twin.soap import Fault, invalid_value, node, text

POSITIONS = ("UpperLeft", "UpperRight", "LowerLeft", "LowerRight", "Custom")
DATE_FORMATS = ("yyyy-MM-dd", "MM/dd/yyyy", "dd/MM/yyyy")
TIME_FORMATS = ("HH:mm:ss", "hh:mm:ss tt")
FONT_SIZES = (16, 64)


def _get_osds(prefix: str) -> Callable[[Call], Content]:
    def get_osds(call: Call) -> Content:
        token = text(call.request, f"{prefix}:OSDToken")
        source = text(call.request, f"{prefix}:ConfigurationToken")
        if token:
            return _osd(f"{prefix}:OSDs", _existing(call, token))
        return [
            _osd(f"{prefix}:OSDs", osd)
            for osd in call.settings.osds
            if source in (None, "", osd.source_configuration)
        ]

    return get_osds


def _get_osd_options(prefix: str) -> Callable[[Call], Content]:
    def get_osd_options(call: Call) -> Content:
        _known_source(call, text(call.request, f"{prefix}:ConfigurationToken"))
        hardware = call.twin.profile.hardware
        return el(
            f"{prefix}:OSDOptions",
            el(
                "tt:MaximumNumberOfOSDs",
                Total=hardware.max_osds,
                Image=0,
                PlainText=hardware.max_osds - 1,
                Date=0,
                Time=0,
                DateAndTime=1,
            ),
            el("tt:Type", "Text"),
            [el("tt:PositionOption", name) for name in POSITIONS],
            el(
                "tt:TextOption",
                el("tt:Type", "Plain"),
                el("tt:Type", "DateAndTime"),
                el("tt:FontSizeRange", el("tt:Min", FONT_SIZES[0]), el("tt:Max", FONT_SIZES[1])),
                [el("tt:DateFormat", name) for name in DATE_FORMATS],
                [el("tt:TimeFormat", name) for name in TIME_FORMATS],
            ),
        )

    return get_osd_options


def _create_osd(prefix: str) -> Callable[[Call], Content]:
    def create_osd(call: Call) -> Content:
        osds, hardware = call.settings.osds, call.twin.profile.hardware
        taken = {osd.token for osd in osds}
        token = next(
            name for name in (f"OSD_{number}" for number in range(len(osds) + 1)) if name not in taken
        )
        new = _read(call, node(call.request, f"{prefix}:OSD"), token)
        beside = [osd for osd in osds if osd.source_configuration == new.source_configuration]
        clash = new.kind != "Plain" and any(osd.kind == new.kind for osd in beside)
        if clash or len(beside) >= hardware.max_osds:
            raise Fault(
                "Receiver", "ter:Action", "ter:MaxOSDs", reason="The maximum number of OSDs is reached"
            )
        call.twin.change("osds", (*osds, new))
        return el(f"{prefix}:OSDToken", token)

    return create_osd


def _set_osd(prefix: str) -> Callable[[Call], Content]:
    def set_osd(call: Call) -> Content:
        wanted = node(call.request, f"{prefix}:OSD")
        old = _existing(call, "" if wanted is None else wanted.get("token", ""))
        new = _read(call, wanted, old.token)
        call.twin.change("osds", tuple(new if osd.token == old.token else osd for osd in call.settings.osds))
        return None

    return set_osd


def _delete_osd(prefix: str) -> Callable[[Call], Content]:
    def delete_osd(call: Call) -> Content:
        old = _existing(call, text(call.request, f"{prefix}:OSDToken") or "")
        call.twin.change("osds", tuple(osd for osd in call.settings.osds if osd.token != old.token))
        return None

    return delete_osd


for _prefix in ("trt", "tr2"):
    operation(f"{_prefix}:GetOSDs", Access.READ_MEDIA)(_get_osds(_prefix))
    operation(f"{_prefix}:GetOSDOptions", Access.READ_MEDIA)(_get_osd_options(_prefix))
    operation(f"{_prefix}:CreateOSD", Access.ACTUATE)(_create_osd(_prefix))
    operation(f"{_prefix}:SetOSD", Access.ACTUATE)(_set_osd(_prefix))
    operation(f"{_prefix}:DeleteOSD", Access.ACTUATE)(_delete_osd(_prefix))


def _existing(call: Call, token: str) -> Osd:
    for osd in call.settings.osds:
        if osd.token == token:
            return osd
    raise invalid_value("ter:NoConfig", "The requested OSD does not exist")


def _known_source(call: Call, configuration: str | None) -> str:
    for source in call.twin.profile.hardware.sources:
        if source.configuration == configuration:
            return source.configuration
    raise invalid_value("ter:NoConfig", "The requested video source configuration does not exist")


def _osd(tag: str, osd: Osd) -> Xml:
    place = el("tt:Pos", x=osd.x, y=osd.y) if osd.position == "Custom" else None
    return el(
        tag,
        el("tt:VideoSourceConfigurationToken", osd.source_configuration),
        el("tt:Type", "Text"),
        el("tt:Position", el("tt:Type", osd.position), place),
        el(
            "tt:TextString",
            el("tt:Type", osd.kind),
            opt("tt:DateFormat", osd.date_format),
            opt("tt:TimeFormat", osd.time_format),
            opt("tt:FontSize", osd.font_size),
            opt("tt:PlainText", osd.text),
        ),
        token=osd.token,
    )


def _read(call: Call, wanted: etree._Element | None, token: str) -> Osd:
    if wanted is None or text(wanted, "tt:Type") != "Text":
        raise invalid_value("ter:InvalidParameter", "only text overlays are supported")
    plain = text(wanted, "tt:TextString/tt:PlainText")
    if plain is not None and len(plain) > call.twin.profile.hardware.osd_text_length:
        raise invalid_value("ter:InvalidParameter", "The text is too long")
    place = node(wanted, "tt:Position/tt:Pos")
    try:
        return Osd.model_validate(
            {
                "token": token,
                "source_configuration": _known_source(call, text(wanted, "tt:VideoSourceConfigurationToken")),
                "position": text(wanted, "tt:Position/tt:Type"),
                "x": None if place is None else place.get("x"),
                "y": None if place is None else place.get("y"),
                "kind": text(wanted, "tt:TextString/tt:Type"),
                "text": plain,
                "date_format": text(wanted, "tt:TextString/tt:DateFormat"),
                "time_format": text(wanted, "tt:TextString/tt:TimeFormat"),
                "font_size": number(wanted, "tt:TextString/tt:FontSize"),
            }
        )
    except ValidationError as error:
        raise invalid_value(
            "ter:InvalidParameter", f"{error.errors()[0]['loc'][0]} is not possible"
        ) from None
