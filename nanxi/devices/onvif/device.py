"""Identity, services and host name: operations of the device service (ONVIF Core 8.1 and 8.2)."""

from __future__ import annotations

from dataclasses import dataclass

from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.request import Request
from nanxi.devices.state import Identity
from nanxi.devices.values import Element, child, children, escape, text

_BY_NAMESPACE = {service.namespace: service for service in Service}


@dataclass(frozen=True, slots=True)
class GetDeviceInformation(Request[Identity]):
    """Who the device is. Every account may ask it, so it is also the call that proves a sign-in."""

    service = Service.DEVICE
    operation = "GetDeviceInformation"

    def decode(self, reply: Element) -> Identity:
        """Return the identity; the MAC address is another operation's business."""
        return Identity(
            manufacturer=text(reply, "Manufacturer"),
            model=text(reply, "Model"),
            firmware=text(reply, "FirmwareVersion"),
            serial_number=text(reply, "SerialNumber"),
            hardware_id=text(reply, "HardwareId"),
        )


@dataclass(frozen=True, slots=True)
class GetServices(Request[dict[Service, str]]):
    """Which services there are and where (O11: ask this first, then Media2, then Media1)."""

    service = Service.DEVICE
    operation = "GetServices"

    def content(self) -> str:
        """Return the arguments."""
        return "<tds:IncludeCapability>false</tds:IncludeCapability>"

    def decode(self, reply: Element) -> dict[Service, str]:
        """Return the advertised address of each service that we speak."""
        found = ((text(entry, "Namespace"), text(entry, "XAddr")) for entry in children(reply, "Service"))
        return {
            _BY_NAMESPACE[namespace]: address for namespace, address in found if namespace in _BY_NAMESPACE
        }


@dataclass(frozen=True, slots=True)
class GetCapabilities(Request[dict[Service, str]]):
    """What devices without GetServices answer; it knows no Media2."""

    service = Service.DEVICE
    operation = "GetCapabilities"

    def content(self) -> str:
        """Return the arguments."""
        return "<tds:Category>All</tds:Category>"

    def decode(self, reply: Element) -> dict[Service, str]:
        """Return the advertised address of each service that we speak."""
        capabilities = child(reply, "Capabilities")
        found = {
            Service.DEVICE: text(capabilities, "Device", "XAddr"),
            Service.MEDIA: text(capabilities, "Media", "XAddr"),
            Service.RECORDING: text(capabilities, "Extension", "Recording", "XAddr"),
            Service.RECEIVER: text(capabilities, "Extension", "Receiver", "XAddr"),
            Service.SEARCH: text(capabilities, "Extension", "Search", "XAddr"),
        }
        return {service: address for service, address in found.items() if address}


@dataclass(frozen=True, slots=True)
class GetHostname(Request[str]):
    """Read the host name."""

    service = Service.DEVICE
    operation = "GetHostname"

    def decode(self, reply: Element) -> str:
        """Return the name; empty when the device has none."""
        return text(reply, "HostnameInformation", "Name")


@dataclass(frozen=True, slots=True)
class SetHostname(Request[None]):
    """Set the host name."""

    service = Service.DEVICE
    operation = "SetHostname"
    name: str

    def content(self) -> str:
        """Return the arguments."""
        return f"<tds:Name>{escape(self.name)}</tds:Name>"

    def decode(self, reply: Element) -> None:
        """The reply is empty."""
