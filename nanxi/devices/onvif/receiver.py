"""The Receiver service: where a recorder takes its streams from (ONVIF Receiver Service Specification 5)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote, urlsplit

from nanxi.devices.driver import Credential, Secret
from nanxi.devices.onvif.echo import Draft
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.values import Element, attribute, child, children, escape, text

RTSP_PORT = 554

#: Elements of tt:ReceiverConfiguration, in the order of the schema.
_ORDER = ("Mode", "MediaUri", "StreamSetup")


@dataclass(frozen=True, slots=True)
class Stream:
    """An RTSP address in its parts. Profile G has no other place for the camera's password than the URI."""

    host: str
    port: int
    path: str  # with its query
    login: Credential | None = None

    def uri(self) -> str:
        """Return the URI, login and all: for the wire only."""
        login = ""
        if self.login is not None:
            login = f"{quote(self.login.user, safe='')}:{quote(self.login.password.value, safe='')}@"
        return f"rtsp://{login}{self.host}:{self.port}{self.path}"

    def plain(self) -> str:
        """Return the URI without its login."""
        return f"rtsp://{self.host}:{self.port}{self.path}"


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver; ``configuration`` is given back changed."""

    token: str
    mode: str  # AutoConnect: connects for a job; AlwaysConnect, NeverConnect
    stream: Stream
    configuration: Element


@dataclass(frozen=True, slots=True)
class GetReceivers(Request[tuple[Receiver, ...]]):
    """All receivers in one call."""

    service = Service.RECEIVER
    operation = "GetReceivers"

    def decode(self, reply: Element) -> tuple[Receiver, ...]:
        """Return the receivers; one without a token cannot be named and is left out."""
        found = (_receiver(entry) for entry in children(reply, "Receivers"))
        return tuple(receiver for receiver in found if receiver is not None and receiver.token)


@dataclass(frozen=True, slots=True)
class GetReceiverState(Request[bool | None]):
    """Whether a receiver has its stream."""

    service = Service.RECEIVER
    operation = "GetReceiverState"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return _token(self.token)

    def decode(self, reply: Element) -> bool | None:
        """Return None for Unknown and for Connecting: the next reading will tell."""
        return {"Connected": True, "NotConnected": False}.get(text(reply, "ReceiverState", "State"))


@dataclass(frozen=True, slots=True)
class CreateReceiver(Request[str]):
    """Make a receiver that connects when a job needs it, over RTSP's own connection (TCP)."""

    service = Service.RECEIVER
    operation = "CreateReceiver"
    repeatable = False
    stream: Stream

    def secrets(self) -> tuple[Secret, ...]:
        """Return the camera's password, as it is and as it stands in the URI."""
        return _secrets(self.stream)

    def content(self) -> str:
        """Return the arguments."""
        return (
            f"<trv:Configuration><tt:Mode>AutoConnect</tt:Mode><tt:MediaUri>{escape(self.stream.uri())}</tt:MediaUri>"
            "<tt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol>"
            "</tt:Transport></tt:StreamSetup></trv:Configuration>"
        )

    def decode(self, reply: Element) -> str:
        """Return the new receiver's token."""
        return text(reply, "Receiver", "Token")


@dataclass(frozen=True, slots=True)
class ConfigureReceiver(Request[None]):
    """Let a receiver take another stream; what else it is set to stays."""

    service = Service.RECEIVER
    operation = "ConfigureReceiver"
    receiver: Receiver
    stream: Stream

    def secrets(self) -> tuple[Secret, ...]:
        """Return the camera's password, as it is and as it stands in the URI."""
        return _secrets(self.stream)

    def content(self) -> str:
        """Return the arguments."""
        draft = Draft(self.receiver.configuration)
        draft.set(self.stream.uri(), "MediaUri")
        if self.receiver.mode != "AlwaysConnect":
            draft.set("AutoConnect", "Mode")
        return _token(self.receiver.token) + draft.element("trv:Configuration", _ORDER)

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


@dataclass(frozen=True, slots=True)
class DeleteReceiver(Request[None]):
    """Delete a receiver that no job uses any more."""

    service = Service.RECEIVER
    operation = "DeleteReceiver"
    token: str

    def content(self) -> str:
        """Return the arguments."""
        return _token(self.token)

    def decode(self, reply: Element) -> None:
        """The reply is empty."""


@dataclass(frozen=True, slots=True)
class GetReceiverLimit(Request[int | None]):
    """How many receivers a recorder has room for."""

    service = Service.RECEIVER
    operation = "GetServiceCapabilities"

    def decode(self, reply: Element) -> int | None:
        """Return the number, None where the device does not say."""
        capabilities = child(reply, "Capabilities")
        told = "" if capabilities is None else attribute(capabilities, "SupportedReceivers")
        return int(told) if told.isdecimal() and len(told) < 6 else None


def split_uri(uri: str) -> Stream:
    """Return a stream's parts; of something that is no RTSP URI, all of it as host."""
    try:
        parts = urlsplit(uri)
        host, port = parts.hostname or "", parts.port or RTSP_PORT
    except ValueError:
        return Stream("", RTSP_PORT, "")
    login = None
    if parts.username is not None:
        password = Secret(unquote(parts.password or ""))
        login = Credential(unquote(parts.username), password, "recorder")
    return Stream(host, port, parts.path + (f"?{parts.query}" if parts.query else ""), login)


def _receiver(entry: Element) -> Receiver | None:
    configuration = child(entry, "Configuration")
    if configuration is None:
        return None
    uri = split_uri(text(configuration, "MediaUri"))
    return Receiver(text(entry, "Token"), text(configuration, "Mode"), uri, configuration)


def _token(token: str) -> str:
    return f"<trv:ReceiverToken>{escape(token)}</trv:ReceiverToken>"


def _secrets(stream: Stream) -> tuple[Secret, ...]:
    if stream.login is None:
        return ()
    password = stream.login.password
    return (password, Secret(quote(password.value, safe="")))
