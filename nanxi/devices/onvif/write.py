"""Make changes, one writer per aspect. A writer raises FaultError with what the device said against it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from nanxi.devices.errors import FaultError
from nanxi.devices.onvif.client import Client
from nanxi.devices.onvif.clock import GetSystemDateAndTime, SetNTP, SetSystemDateAndTime
from nanxi.devices.onvif.device import SetHostname
from nanxi.devices.onvif.encoder import assign_roles
from nanxi.devices.onvif.media import GetVideoEncoderConfiguration, SetVideoEncoderConfiguration
from nanxi.devices.onvif.media2 import GetVideoEncoderConfigurations2, SetVideoEncoderConfiguration2
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.network import (
    GetNetworkInterfaces,
    SetDNS,
    SetNetworkDefaultGateway,
    SetNetworkInterfaces,
)
from nanxi.devices.onvif.osd import CreateOSD, CreateOSD2, SetOSD, SetOSD2
from nanxi.devices.onvif.reader import Reader
from nanxi.devices.onvif.services import GetNetworkProtocols, SetDiscoveryMode, SetNetworkProtocols
from nanxi.devices.onvif.sources import channel_of
from nanxi.devices.plans.channels import prefix
from nanxi.devices.plans.osd import PLAIN
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeclaredStream, Encoder
from nanxi.devices.timezone import equivalent

_TIME_POSITION, _PLACE_POSITION = "UpperLeft", "LowerLeft"


async def write_hostname(reader: Reader, declared: DeclaredDevice, _changes: Sequence[Change]) -> None:
    """Set the host name."""
    await reader.client.call(SetHostname(declared.hostname))


async def write_dns(reader: Reader, declared: DeclaredDevice, _changes: Sequence[Change]) -> None:
    """Set the name servers."""
    await reader.client.call(SetDNS(declared.dns_servers))


async def write_clock(reader: Reader, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
    """Set the servers, then the time if it is far off, then the source, and sign with the new time from now on."""
    client, fields = reader.client, {change.field for change in changes}
    if fields & {"clock.ntp_servers", "clock.ntp_from_dhcp"}:
        await client.call(SetNTP(declared.ntp_servers))
    zone = await _zone(client, declared)
    if "clock.offset_s" in fields:  # NTP daemons refuse to step a clock that is half a year off
        now = datetime.now(UTC) + timedelta(seconds=0.5)
        await client.call(SetSystemDateAndTime(zone, now))
        await client.synchronise()
    if fields - {"clock.ntp_servers", "clock.ntp_from_dhcp"}:
        await client.call(SetSystemDateAndTime(zone))
    await client.synchronise()


async def _zone(client: Client, declared: DeclaredDevice) -> str:
    """Return the device's own string where it means the declared zone (O12), else the declared one."""
    present = (await client.call(GetSystemDateAndTime())).timezone
    return present if equivalent(present, declared.timezone) else declared.timezone


async def write_encoders(reader: Reader, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
    """Set main and sub encoder of each channel; fields without an applicable change keep the device's value."""
    await reader.locate_services()
    present = reader.encoders or assign_roles(await reader.read_profiles(), reader.sources)
    encoders = {(encoder.channel, encoder.role): encoder for encoder in present}
    for channel in declared.channels:
        for stream in channel.streams:
            start = f"{prefix(declared, channel, 'encoders')}.{stream.role}."
            fields = {
                change.field.removeprefix(start) for change in changes if change.field.startswith(start)
            }
            if fields:
                await _set_encoder(reader, _wanted(encoders[channel.number, stream.role], stream, fields))


def _wanted(encoder: Encoder, stream: DeclaredStream, fields: set[str]) -> Encoder:
    sized = "resolution" in fields
    return replace(
        encoder,
        codec=stream.codec if "codec" in fields else encoder.codec,
        width=stream.width if sized else encoder.width,
        height=stream.height if sized else encoder.height,
        fps=stream.fps if "fps" in fields else encoder.fps,
        bitrate_kbps=stream.bitrate_kbps if "bitrate_kbps" in fields else encoder.bitrate_kbps,
        gop=stream.gop if "gop" in fields else encoder.gop,
    )


async def _set_encoder(reader: Reader, wanted: Encoder) -> None:
    if reader.encoder_service is Service.MEDIA2:
        current = await reader.client.call(GetVideoEncoderConfigurations2(wanted.token))
        if current is None:
            raise FaultError(f"the camera does not show the encoder {wanted.token!r} that it listed")
        await reader.client.call(SetVideoEncoderConfiguration2(current, wanted))
    else:
        current = await reader.client.call(GetVideoEncoderConfiguration(wanted.token))
        await reader.client.call(SetVideoEncoderConfiguration(current, wanted))


async def write_osd(reader: Reader, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
    """Create the time line; write the place name over the works' own text, or create it."""
    fields = {change.field for change in changes}
    present = await reader.read_osds()
    second = reader.osd_service is Service.MEDIA2
    for channel in declared.channels:
        field = prefix(declared, channel, "osd")
        if f"{field}.place" in fields:
            own = (item for item in present if item[0].channel == channel.number and item[0].kind == PLAIN)
            _, plain = next(own, (None, None))
            if plain is not None:
                await reader.client.call((SetOSD2 if second else SetOSD)(plain, channel.place))
            else:
                await _create_osd(reader, channel.number, _PLACE_POSITION, channel.place)
        if f"{field}.time" in fields:
            await _create_osd(reader, channel.number, _TIME_POSITION, None)


async def _create_osd(reader: Reader, channel: int, position: str, text: str | None) -> None:
    profiles = reader.profiles or await reader.read_profiles()
    own = (one for one in profiles if channel_of(one.source, reader.sources) == channel)
    source = next((one.source_configuration for one in own if one.source_configuration), "")
    if not source:
        raise FaultError("the camera lists no video source for an overlay")
    create = CreateOSD2 if reader.osd_service is Service.MEDIA2 else CreateOSD
    await reader.client.call(create(source, position, text))


async def write_services(reader: Reader, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
    """Switch WS-Discovery and protocols; ports stay as they are."""
    fields = {change.field for change in changes}
    if "services.discovery" in fields:
        await reader.client.call(SetDiscoveryMode(declared.discoverable))
    if fields - {"services.discovery"}:
        present = await reader.client.call(GetNetworkProtocols())
        wanted = tuple(
            (name, declared.protocols.get(name, False), ports)
            for name, (_enabled, ports) in present.items()
            if f"services.{name.lower()}" in fields
        )
        await reader.client.call(SetNetworkProtocols(wanted))


async def write_network(reader: Reader, declared: DeclaredDevice, changes: Sequence[Change]) -> None:
    """Set gateway and address; only ever called when a change of the network was asked for."""
    fields = {change.field for change in changes}
    if "network.gateway" in fields:
        await reader.client.call(SetNetworkDefaultGateway(declared.gateway))
    if fields - {"network.gateway"}:
        interface = await reader.client.call(GetNetworkInterfaces())
        if interface is None:
            raise FaultError("the camera shows no interface")
        request = SetNetworkInterfaces(interface.token, str(declared.address), declared.prefix_length)
        if await reader.client.call(request):
            raise FaultError("the new address needs a restart of the camera")


Writer = Callable[[Reader, DeclaredDevice, Sequence[Change]], Awaitable[None]]

#: Every aspect but the accounts, which need the whole session (``accounts.py``).
WRITERS: Mapping[Aspect, Writer] = {
    Aspect.HOSTNAME: write_hostname,
    Aspect.DNS: write_dns,
    Aspect.CLOCK: write_clock,
    Aspect.ENCODERS: write_encoders,
    Aspect.OSD: write_osd,
    Aspect.SERVICES: write_services,
    Aspect.NETWORK: write_network,
}
