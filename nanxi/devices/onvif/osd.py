"""Text overlays: the same operations in both media services (ONVIF Media 5.13, Media 2 5.12)."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.onvif.echo import Draft
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.state import Osd
from nanxi.devices.values import Element, attribute, child, children, escape, text

_ORDER = ("VideoSourceConfigurationToken", "Type", "Position", "TextString", "Image", "Extension")
_TEXT_ORDER = {
    "TextString": (
        "Type", "DateFormat", "TimeFormat", "FontSize", "FontColor", "BackgroundColor", "PlainText", "Extension",
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _GetOSDs(Request[tuple[tuple[Osd, Element], ...]]):
    operation = "GetOSDs"

    def decode(self, reply: Element) -> tuple[tuple[Osd, Element], ...]:
        """Return each text overlay and its element, which SetOSD gives back changed; images are left out."""
        return tuple(
            (_osd(entry), entry)
            for entry in children(reply, "OSDs")
            if child(entry, "TextString") is not None
        )


@dataclass(frozen=True, slots=True)
class GetOSDs(_GetOSDs):
    """Read the overlays through Media1."""

    service = Service.MEDIA


@dataclass(frozen=True, slots=True)
class GetOSDs2(_GetOSDs):
    """Read the overlays through Media2."""

    service = Service.MEDIA2


@dataclass(frozen=True, slots=True)
class _WriteOSD(Request[None]):
    def decode(self, reply: Element) -> None:
        """The reply has nothing that reading back does not tell better."""


@dataclass(frozen=True, slots=True)
class _CreateOSD(_WriteOSD):
    operation = "CreateOSD"
    repeatable = False
    source_configuration: str
    position: str
    text: str | None  # None: the time line

    def content(self) -> str:
        """Return the arguments."""
        if self.text is None:
            string = (
                "<tt:Type>DateAndTime</tt:Type><tt:DateFormat>yyyy-MM-dd</tt:DateFormat>"
                "<tt:TimeFormat>HH:mm:ss</tt:TimeFormat>"
            )
        else:
            string = f"<tt:Type>Plain</tt:Type><tt:PlainText>{escape(self.text)}</tt:PlainText>"
        prefix = self.service.prefix
        return (
            f'<{prefix}:OSD token="">'
            f"<tt:VideoSourceConfigurationToken>{escape(self.source_configuration)}"
            "</tt:VideoSourceConfigurationToken><tt:Type>Text</tt:Type>"
            f"<tt:Position><tt:Type>{self.position}</tt:Type></tt:Position>"
            f"<tt:TextString>{string}</tt:TextString></{prefix}:OSD>"
        )


@dataclass(frozen=True, slots=True)
class CreateOSD(_CreateOSD):
    """Create an overlay through Media1."""

    service = Service.MEDIA


@dataclass(frozen=True, slots=True)
class CreateOSD2(_CreateOSD):
    """Create an overlay through Media2."""

    service = Service.MEDIA2


@dataclass(frozen=True, slots=True)
class _SetOSD(_WriteOSD):
    operation = "SetOSD"
    current: Element
    text: str

    def content(self) -> str:
        """Return the arguments: the overlay as it was, with another text."""
        draft = Draft(self.current)
        draft.set("Plain", "TextString", "Type", order=_TEXT_ORDER)
        draft.set(self.text, "TextString", "PlainText", order=_TEXT_ORDER)
        return draft.element(f"{self.service.prefix}:OSD", _ORDER)


@dataclass(frozen=True, slots=True)
class SetOSD(_SetOSD):
    """Change an overlay's text through Media1."""

    service = Service.MEDIA


@dataclass(frozen=True, slots=True)
class SetOSD2(_SetOSD):
    """Change an overlay's text through Media2."""

    service = Service.MEDIA2


def _osd(entry: Element) -> Osd:
    return Osd(
        token=attribute(entry, "token"),
        source_token=text(entry, "VideoSourceConfigurationToken"),
        kind=text(entry, "TextString", "Type"),
        text=text(entry, "TextString", "PlainText"),
        position=text(entry, "Position", "Type"),
    )
