"""Receiver service (ONVIF Receiver Service Specification): where a recorder takes its streams from."""

from __future__ import annotations

from urllib.parse import quote, unquote, urlsplit

from lxml import etree
from pydantic import ValidationError

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el
from lab.twin.recorder import Receiver
from lab.twin.services.capabilities import LONGEST_URI, SERVICE_CAPABILITIES
from lab.twin.services.recorder_work import connected, replaced
from lab.twin.services.table import Call, operation
from lab.twin.soap import Fault, invalid_value, node, text


@operation("trv:GetServiceCapabilities", Access.PRE_AUTH)
def get_service_capabilities(call: Call) -> Content:
    """Tell what the service can do."""
    return SERVICE_CAPABILITIES["trv"](call.twin.profile)


@operation("trv:GetReceivers", Access.READ_MEDIA)
def get_receivers(call: Call) -> Content:
    """Tell every receiver."""
    return [_receiver("trv:Receivers", call, item) for item in call.settings.receivers]


@operation("trv:GetReceiver", Access.READ_MEDIA)
def get_receiver(call: Call) -> Content:
    """Tell one receiver."""
    return _receiver("trv:Receiver", call, _asked(call))


@operation("trv:CreateReceiver", Access.ACTUATE)
def create_receiver(call: Call) -> Content:
    """Make a receiver."""
    new = add_receiver(call, _read(call, next_token("Receiver", call.settings.receivers)))
    return _receiver("trv:Receiver", call, new)


@operation("trv:ConfigureReceiver", Access.ACTUATE)
def configure_receiver(call: Call) -> Content:
    """Change a receiver."""
    old = _asked(call)
    new = _read(call, old.token).model_copy(update={"auto_created": old.auto_created})
    call.twin.change("receivers", replaced(call.settings.receivers, new))
    return None


@operation("trv:DeleteReceiver", Access.ACTUATE)
def delete_receiver(call: Call) -> Content:
    """Delete a receiver that no job uses."""
    old = _asked(call)
    if any(source.receiver == old.token for job in call.settings.jobs for source in job.sources):
        raise Fault("Receiver", "ter:Action", "ter:CannotDeleteReceiver", reason="The receiver is in use")
    call.twin.change("receivers", tuple(item for item in call.settings.receivers if item is not old))
    return None


@operation("trv:SetReceiverMode", Access.ACTUATE)
def set_receiver_mode(call: Call) -> Content:
    """Say when a receiver connects."""
    old, mode = _asked(call), text(call.request, "trv:Mode")
    if mode not in ("AutoConnect", "AlwaysConnect", "NeverConnect"):
        raise _bad("the mode is not supported")
    call.twin.change("receivers", replaced(call.settings.receivers, old.model_copy(update={"mode": mode})))
    return None


@operation("trv:GetReceiverState", Access.READ_MEDIA)
def get_receiver_state(call: Call) -> Content:
    """Tell whether a receiver has its stream; AutoConnect connects only for a job that is active."""
    receiver = _asked(call)
    wanted = receiver.mode == "AlwaysConnect" or any(
        source.receiver == receiver.token and job.mode == "Active"
        for job in call.settings.jobs
        for source in job.sources
    )
    state = "Connected" if wanted and connected(call.twin, receiver) else "NotConnected"
    return el("trv:ReceiverState", el("tt:State", state), el("tt:AutoCreated", receiver.auto_created))


def add_receiver(call: Call, new: Receiver) -> Receiver:
    """Keep a new receiver.

    Raises:
        Fault: ter:MaxReceivers, the recorder takes in no more.
    """
    if len(call.settings.receivers) >= call.twin.profile.hardware.inputs:
        raise Fault(
            "Receiver", "ter:Action", "ter:MaxReceivers", reason="The maximum number of receivers is reached"
        )
    call.twin.change("receivers", (*call.settings.receivers, new))
    return new


def next_token(stem: str, items: tuple[object, ...]) -> str:
    """Return a token that none of ``items`` has."""
    taken = {getattr(item, "token", "") for item in items}
    return next(
        name for name in (f"{stem}_{number}" for number in range(1, len(items) + 2)) if name not in taken
    )


def _asked(call: Call) -> Receiver:
    wanted = text(call.request, "trv:ReceiverToken")
    for receiver in call.settings.receivers:
        if receiver.token == wanted:
            return receiver
    raise invalid_value("ter:UnknownToken", "The receiver does not exist")


def _bad(why: str) -> Fault:
    return invalid_value("ter:BadConfiguration", f"The receiver configuration is invalid: {why}")


def _read(call: Call, token: str) -> Receiver:
    wanted = node(call.request, "trv:Configuration")
    if wanted is None:
        raise _bad("it is missing")
    plain, user, password = _split(text(wanted, "tt:MediaUri") or "")
    try:
        return Receiver.model_validate(
            {
                "token": token,
                "mode": text(wanted, "tt:Mode"),
                "uri": plain,
                "user": user,
                "password": password,
                **_stream_setup(wanted),
            }
        )
    except ValidationError as error:
        raise _bad(str(error.errors()[0]["loc"][0])) from None


def _stream_setup(wanted: etree._Element) -> dict[str, str | None]:
    return {
        "stream": text(wanted, "tt:StreamSetup/tt:Stream"),
        "transport": text(wanted, "tt:StreamSetup/tt:Transport/tt:Protocol"),
    }


def _split(uri: str) -> tuple[str, str, str]:
    """Return a stream's URI without its user and password, and these."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        raise _bad("MediaUri") from None
    if parts.scheme != "rtsp" or not parts.hostname or len(uri) > LONGEST_URI:
        raise _bad("MediaUri")
    host = parts.hostname if port is None else f"{parts.hostname}:{port}"
    plain = parts._replace(netloc=host).geturl()
    return plain, unquote(parts.username or ""), unquote(parts.password or "")


def _receiver(tag: str, call: Call, receiver: Receiver) -> Xml:
    uri = receiver.uri
    if receiver.user and call.twin.traits.recorder.tells_passwords:
        login = f"{quote(receiver.user, safe='')}:{quote(receiver.password, safe='')}@"
        uri = uri.replace("rtsp://", f"rtsp://{login}", 1)
    setup = el(
        "tt:StreamSetup",
        el("tt:Stream", receiver.stream),
        el("tt:Transport", el("tt:Protocol", receiver.transport)),
    )
    return el(
        tag,
        el("tt:Token", receiver.token),
        el("tt:Configuration", el("tt:Mode", receiver.mode), el("tt:MediaUri", uri), setup),
    )
