"""A recorder's inputs: ContentMgmt/InputProxy/channels, and whether each answers the recorder."""

from __future__ import annotations

from collections.abc import Mapping

from nanxi.devices.driver import Credential
from nanxi.devices.isapi.document import add_text, make, set_if_there
from nanxi.devices.state import DeclaredInput, Input
from nanxi.devices.values import Element, boolean, child, children, integer, text

PATH, ROOT, ITEM = "ContentMgmt/InputProxy/channels", "InputProxyChannelList", "InputProxyChannel"
STATES, STATES_ROOT, STATE = f"{PATH}/status", "InputProxyChannelStatusList", "InputProxyChannelStatus"

#: The recorder's word for a camera that does not take the account or password it was given.
WRONG_LOGIN = "userOrPasswordError"

_SOURCE = "sourceInputPortDescriptor"
#: The recorder speaks to every make alike, with the account that the register's cameras have for it.
_PROTOCOL = "ONVIF"


def read_inputs(root: Element) -> tuple[Input, ...]:
    """Return the inputs as they are set."""
    found = []
    for entry in children(root, ITEM):
        number, source = integer(entry, "id"), child(entry, _SOURCE)
        if number is None:
            continue
        onvif = text(source, "proxyProtocol").upper() == _PROTOCOL
        found.append(
            Input(
                channel=number,
                name=text(entry, "name"),
                address=text(source, "ipAddress") or text(source, "hostName"),
                # The maker's own protocol has another port, which says nothing about HTTP.
                http_port=integer(source, "managePortNo") if onvif else None,
                device_channel=integer(source, "srcInputPort"),
                token=str(number),
            )
        )
    return tuple(found)


def read_states(root: Element) -> dict[int, tuple[bool | None, str]]:
    """Return whether each input is online, and why not in the recorder's words."""
    return {
        number: (boolean(entry, "online"), text(entry, "chanDetectResult"))
        for entry in children(root, STATE)
        if (number := integer(entry, "id")) is not None
    }


def new_input(root: Element, declared: DeclaredInput) -> Element:
    """Return an entry for an input that is to be made."""
    entry = make(root, ITEM)
    add_text(entry, "id", declared.channel)
    add_text(entry, "name", declared.name)
    entry.append(make(root, _SOURCE))
    return entry


def write_input(entry: Element, declared: DeclaredInput, credential: Credential) -> None:
    """Set name, source and account of an input; what else the device keeps of it stays."""
    add_text(entry, "name", declared.name, after="id")
    source = child(entry, _SOURCE)
    if source is None:
        source = make(entry, _SOURCE)
        entry.append(source)
    texts: Mapping[str, object] = {
        "proxyProtocol": _PROTOCOL,
        "addressingFormatType": "ipaddress",
        "ipAddress": declared.address,
        "managePortNo": declared.http_port,
        "srcInputPort": declared.device_channel,
        "userName": credential.user,
        "password": credential.password.value,
    }
    before = ""
    for name, value in texts.items():
        add_text(source, name, value, after=before)
        before = name
    if not set_if_there(source, "auto", "streamType"):
        add_text(source, "streamType", "auto", after="password")
