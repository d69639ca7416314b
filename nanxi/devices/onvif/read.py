"""Read a device's state, aspect by aspect, in as few calls as possible."""

from __future__ import annotations

from datetime import UTC, datetime
from time import time

from nanxi.devices.errors import FaultError
from nanxi.devices.onvif.clock import GetNTP, GetSystemDateAndTime
from nanxi.devices.onvif.device import GetDeviceInformation, GetHostname
from nanxi.devices.onvif.encoder import assign_roles
from nanxi.devices.onvif.inputs_read import read_inputs
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.network import (
    GetDNS,
    GetNetworkDefaultGateway,
    GetNetworkInterfaces,
)
from nanxi.devices.onvif.reader import Reader
from nanxi.devices.onvif.services import GetDiscoveryMode, GetNetworkProtocols
from nanxi.devices.onvif.stream import GetStreamUri, GetStreamUri2
from nanxi.devices.onvif.users import GetUsers
from nanxi.devices.state import (
    Aspect,
    Clock,
    DeviceState,
    Encoder,
    Identity,
    NetworkState,
    Osd,
    Role,
    Services,
    Signal,
)

#: From here on a signature with our own time would be rejected by some cameras (O1).
_SKEW_S = 5.0


async def read_state(reader: Reader, aspects: frozenset[Aspect]) -> DeviceState:
    """Return the state of the aspects; what the device does not offer is named in ``unsupported``.

    Raises:
        DeviceError: the device stopped answering, or answered what no camera may.
    """
    reader.begin()
    # ONVIF has no operation that tells a disk's health, and knows nothing of GB/T 28181.
    reader.unsupported |= aspects & {Aspect.DISKS, Aspect.PLATFORM}
    ask = reader.ask
    credential = reader.client.credential
    signals = await _signals(reader) if Aspect.CHANNELS in aspects else None
    inputs, recordings = (
        await read_inputs(reader) if aspects & {Aspect.CHANNELS, Aspect.RECORDING} else (None, None)
    )
    if signals is None and inputs is None:
        reader.unsupported |= aspects & {Aspect.CHANNELS, Aspect.RECORDING}
    return DeviceState(
        clock=await _clock(reader) if Aspect.CLOCK in aspects else None,
        identity=await _identity(reader) if Aspect.IDENTITY in aspects else None,
        hostname=await ask(Aspect.HOSTNAME, GetHostname()) if Aspect.HOSTNAME in aspects else None,
        dns=await ask(Aspect.DNS, GetDNS()) if Aspect.DNS in aspects else None,
        network=await _network(reader) if Aspect.NETWORK in aspects else None,
        users=await ask(Aspect.USERS, GetUsers()) if Aspect.USERS in aspects else None,
        encoders=await _encoders(reader) if Aspect.ENCODERS in aspects else None,
        osds=await _osds(reader) if Aspect.OSD in aspects else None,
        services=await _services(reader) if Aspect.SERVICES in aspects else None,
        signals=signals,
        inputs=inputs,
        recordings=recordings,
        user=credential.user if credential else "",
        credential=credential.origin if credential else "",
        unsupported=frozenset(reader.unsupported),
        notes=(*reader.client.notes, *reader.notes),
    )


async def _identity(reader: Reader) -> Identity | None:
    identity, reader.first_identity = reader.first_identity, None
    return identity or await reader.ask(Aspect.IDENTITY, GetDeviceInformation())


async def _clock(reader: Reader) -> Clock | None:
    client = reader.client
    system, reader.first_clock = reader.first_clock, None
    if system is None:
        system = await client.synchronise()
    if system is None:  # Axis signs this too (O2)
        system = await reader.ask(Aspect.CLOCK, GetSystemDateAndTime())
        if system is not None and system.utc is not None:
            client.offset_s = system.utc.timestamp() + 0.5 - time()
    if system is None:
        return None
    offset_s = client.offset_s
    if abs(offset_s) > _SKEW_S:
        reader.notes.append(f"the clock is {offset_s:+.0f} s off; signed in with the camera's own time (O1)")
    ntp = await reader.ask(None, GetNTP())
    return Clock(
        utc=None if system.utc is None else datetime.fromtimestamp(time() + offset_s, UTC),
        offset_s=None if system.utc is None else offset_s,
        source=system.source,
        timezone=system.timezone,
        daylight_saving=system.daylight_saving,
        ntp_from_dhcp=ntp.from_dhcp if ntp else None,
        ntp_servers=ntp.servers if ntp else None,
    )


async def _network(reader: Reader) -> NetworkState | None:
    interface = await reader.ask(Aspect.NETWORK, GetNetworkInterfaces())
    if interface is None:
        return None
    gateway = await reader.ask(None, GetNetworkDefaultGateway())
    return NetworkState(
        address=interface.address,
        prefix_length=interface.prefix_length,
        dhcp=interface.dhcp,
        gateway=gateway or "",
        mac=interface.mac,
    )


async def _encoders(reader: Reader) -> tuple[Encoder, ...] | None:
    try:
        return assign_roles(await reader.read_profiles(), reader.sources)
    except FaultError as error:
        reader.lacks(Aspect.ENCODERS, "GetProfiles", error)
        return None


async def _osds(reader: Reader) -> tuple[Osd, ...] | None:
    try:
        return tuple(osd for osd, _element in await reader.read_osds())
    except FaultError as error:
        reader.lacks(Aspect.OSD, "GetOSDs", error)
        return None


async def _signals(reader: Reader) -> tuple[Signal, ...] | None:
    """Return which inputs have a picture; a recorder without a media service has no inputs of that kind."""
    sources = await reader.list_sources()
    return tuple(Signal(number, one.present) for number, one in enumerate(sources, start=1)) or None


async def _services(reader: Reader) -> Services:
    discoverable = await reader.ask(None, GetDiscoveryMode())
    return Services(discoverable, await reader.ask(None, GetNetworkProtocols()))


async def read_stream_path(reader: Reader, channel: int, role: Role = "main") -> str:
    """Return path and query of the stream of a channel's main or sub encoder.

    Raises:
        FaultError: there is no such encoder, or the device does not tell.
    """
    encoders = assign_roles(await reader.read_profiles(), reader.sources)
    main = (one.profile_token for one in encoders if one.channel == channel and one.role == role)
    profile = next(main, None)
    if profile is None:
        raise FaultError(f"the device has no {role} encoder of channel {channel}")
    second = reader.encoder_service is Service.MEDIA2
    return await reader.client.call((GetStreamUri2 if second else GetStreamUri)(profile))
