"""A recorder's channels and the access to a GB/T 28181 platform: documents that are checked and otherwise kept."""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address

from lab.twin.isapi.bindings import bind
from lab.twin.isapi.replies import Problem
from lab.twin.isapi.tree import Element, put, text
from lab.twin.twin import Twin

_CODE_LENGTH = 20
_DURATION = re.compile(r"P\d{1,3}DT\d{1,2}H")
_SOURCE = "sourceInputPortDescriptor"


def show_nothing(_twin: Twin, _root: Element, _channel: int) -> None:
    """The document is all there is."""


def take_channels(_twin: Twin, root: Element, _channel: int) -> None:
    """Check addresses and names."""
    for item in root.findall("InputProxyChannel"):
        try:
            IPv4Address(text(item, f"{_SOURCE}/ipAddress"))
        except AddressValueError:
            raise Problem("badParameters", "ipAddress") from None
        if len(text(item, "name").encode()) > 64 or not text(item, f"{_SOURCE}/userName"):
            raise Problem("badParameters", "name")


def show_tracks(twin: Twin, root: Element, _channel: int) -> None:
    """Tell the schedules; some firmware cannot be made to write over old recordings."""
    if twin.profile.isapi.stops_when_full:
        for item in root.findall("Track"):
            put(item, "LoopEnable", False)


def take_tracks(_twin: Twin, root: Element, _channel: int) -> None:
    """Check the days to keep, ISO 8601 as this firmware writes it."""
    for item in root.findall("Track"):
        if not _DURATION.fullmatch(text(item, "Duration")):
            raise Problem("badParameters", "Duration")


def take_platform(_twin: Twin, root: Element, _channel: int) -> None:
    """Check what GB/T 28181 prescribes: codes of twenty digits, an address."""
    access = root.find("SIPServer/GB28181")
    if access is None or text(access, "enabled") != "true":
        return
    _check_codes([text(access, "serverId"), text(access, "authID")])
    try:
        IPv4Address(text(access, "registrar"))
    except AddressValueError:
        raise Problem("badParameters", "registrar") from None


def take_codes(_twin: Twin, root: Element, _channel: int) -> None:
    """Check the channels' codes."""
    _check_codes([text(item, "videoInputID") for item in root.findall("VideoInputList/VideoInput")])


def _check_codes(codes: list[str]) -> None:
    for code in codes:
        if len(code) != _CODE_LENGTH or not code.isdigit():
            raise Problem("badParameters", code)


bind("ContentMgmt/InputProxy/channels", show_nothing, take_channels)
bind("ContentMgmt/record/tracks", show_tracks, take_tracks)
bind("System/Network/SIP", show_nothing, take_platform)
bind("System/Network/SIP/1/SIPInfo", show_nothing, take_codes)
