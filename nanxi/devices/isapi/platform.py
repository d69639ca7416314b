"""Access to a GB/T 28181 platform: System/Network/SIP, and the channels' codes in SIPInfo."""

from __future__ import annotations

from collections.abc import Mapping

from nanxi.devices.driver import Secret
from nanxi.devices.errors import FaultError
from nanxi.devices.isapi.document import add_text, set_if_there, set_text
from nanxi.devices.state import Platform, PlatformState
from nanxi.devices.values import Element, boolean, child, children, integer, text

PATH, ROOT, SERVER = "System/Network/SIP", "SIPServerList", "SIPServer"
ACCESS = "GB28181"
CODES_ROOT = "SIPInfo"

#: Missed heartbeats after which the platform takes the device for gone (GB/T 28181-2022, 9.6).
_HEARTBEATS = 3


def codes_path(server: str) -> str:
    """Return the resource with the channels' codes for one server."""
    return f"{PATH}/{server}/SIPInfo"


def find_access(root: Element) -> Element | None:
    """Return the first server's entry that knows GB/T 28181; door stations have SIP servers without it."""
    return next((entry for entry in children(root, SERVER) if child(entry, ACCESS) is not None), None)


def read_codes(root: Element) -> dict[int, str]:
    """Return the code of each channel."""
    entries = children(child(root, "VideoInputList"), "VideoInput")
    return {
        number: text(entry, "videoInputID")
        for entry in entries
        if (number := integer(entry, "id")) is not None
    }


def read_access(entry: Element, codes: Mapping[int, str]) -> PlatformState:
    """Return the access as the device has it."""
    access = child(entry, ACCESS)
    return PlatformState(
        enabled=bool(boolean(access, "enabled")),
        access=Platform(
            server_id=text(access, "serverId"),
            domain=text(access, "serverDomain"),
            address=text(access, "registrar"),
            port=integer(access, "registrarPort") or 0,
            device_code=text(access, "authID") or text(access, "userName"),
            channel_codes=dict(codes),
            keepalive_s=integer(access, "heartbeatTime") or 0,
            expiry_s=integer(access, "expires") or 0,
        ),
        registered=boolean(access, "registerStatus"),
    )


def write_access(entry: Element, wanted: Platform, password: Secret) -> None:
    """Set where to register and as whom.

    Raises:
        FaultError: the device knows no such access.
    """
    access = child(entry, ACCESS)
    if access is None:
        raise FaultError("the device has no access to GB/T 28181 platforms")
    for name, value in {
        "enabled": True,
        "registrar": wanted.address,
        "registrarPort": wanted.port,
        "serverId": wanted.server_id,
        "serverDomain": wanted.domain,
        "authID": wanted.device_code,
        "expires": wanted.expiry_s,
        "heartbeatTime": wanted.keepalive_s,
    }.items():
        set_text(access, value, name)
    set_if_there(access, wanted.device_code, "userName")
    set_if_there(access, _HEARTBEATS, "heartbeatCount")
    add_text(access, "password", password.value, after="authID")


def write_codes(root: Element, codes: Mapping[int, str]) -> None:
    """Set the codes of the channels that are declared.

    Raises:
        FaultError: the device has fewer channels.
    """
    left = dict(codes)
    for entry in children(child(root, "VideoInputList"), "VideoInput"):
        if code := left.pop(integer(entry, "id") or 0, ""):
            set_text(entry, code, "videoInputID")
    if left:
        raise FaultError(f"the device has no channel {', '.join(map(str, sorted(left)))} to give a code to")
