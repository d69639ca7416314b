"""Read a device's state, aspect by aspect."""

from __future__ import annotations

from datetime import UTC, datetime
from time import time

from nanxi.devices.isapi import clock, identity, network, platform, services, streams, users
from nanxi.devices.isapi.read_recorder import read_disks, read_inputs, read_recordings
from nanxi.devices.isapi.read_video import read_osds, read_signals
from nanxi.devices.isapi.reader import Reader
from nanxi.devices.state import Aspect, Clock, DeviceState, PlatformState, Protocols, Services
from nanxi.devices.values import text

_RECORDER = frozenset({Aspect.CHANNELS, Aspect.RECORDING})


async def read_state(reader: Reader, aspects: frozenset[Aspect]) -> DeviceState:
    """Return the state of the aspects; what the device does not offer is named in ``unsupported``.

    Raises:
        DeviceError: the device stopped answering, or answered what no device may.
    """
    reader.begin()
    read, credential = reader.decoded, reader.client.credential
    device, interface = (identity.PATH, identity.ROOT), (network.PATH, network.ROOT)
    inputs = await read_inputs(reader, aspects) if aspects & _RECORDER else None
    return DeviceState(
        clock=await _clock(reader) if Aspect.CLOCK in aspects else None,
        identity=await read(Aspect.IDENTITY, *device, identity.read_identity)
        if Aspect.IDENTITY in aspects
        else None,
        hostname=await read(Aspect.HOSTNAME, *device, identity.read_name)
        if Aspect.HOSTNAME in aspects
        else None,
        dns=await read(Aspect.DNS, *interface, network.read_dns) if Aspect.DNS in aspects else None,
        network=await read(Aspect.NETWORK, *interface, network.read_network)
        if Aspect.NETWORK in aspects
        else None,
        users=await read(Aspect.USERS, users.PATH, users.ROOT, users.read_users)
        if Aspect.USERS in aspects
        else None,
        encoders=await read(Aspect.ENCODERS, streams.PATH, streams.ROOT, streams.read_encoders)
        if Aspect.ENCODERS in aspects
        else None,
        osds=await read_osds(reader) if Aspect.OSD in aspects else None,
        services=await _services(reader) if Aspect.SERVICES in aspects else None,
        signals=await read_signals(reader) if Aspect.CHANNELS in aspects else None,
        inputs=inputs,
        recordings=await read_recordings(reader, inputs) if inputs and Aspect.RECORDING in aspects else None,
        disks=await read_disks(reader) if Aspect.DISKS in aspects else None,
        platform=await _platform(reader) if Aspect.PLATFORM in aspects else None,
        user=credential.user if credential else "",
        credential=credential.origin if credential else "",
        unsupported=frozenset(reader.unsupported),
        notes=(*reader.client.notes, *reader.notes),
    )


async def _clock(reader: Reader) -> Clock | None:
    root = await reader.ask(Aspect.CLOCK, clock.TIME, clock.TIME_ROOT)
    if root is None:
        return None
    told, heard_at = clock.read_time(root), reader.client.heard_at
    # Whole seconds: on average half a second has passed since the device's clock turned.
    offset_s = None if told.utc is None else told.utc.timestamp() + 0.5 - heard_at
    servers = await reader.ask(None, clock.SERVERS, clock.SERVERS_ROOT)
    return Clock(
        utc=None if offset_s is None else datetime.fromtimestamp(time() + offset_s, UTC),
        offset_s=offset_s,
        source=told.source,
        timezone=told.timezone,
        daylight_saving=told.daylight_saving,
        ntp_from_dhcp=None,
        ntp_servers=None if servers is None else clock.read_servers(servers),
        ntp_places=None if servers is None else clock.places(servers),
    )


async def _services(reader: Reader) -> Services:
    ports = await reader.ask(None, services.PORTS, services.PORTS_ROOT)
    found: Protocols = {} if ports is None else services.read_ports(ports)
    for switch in services.SWITCHES:
        enabled = services.is_on(await reader.ask(None, switch.path))
        if enabled is not None:
            found[switch.name] = (enabled, ())
    return Services(None, found)


async def _platform(reader: Reader) -> PlatformState | None:
    root = await reader.ask(Aspect.PLATFORM, platform.PATH, platform.ROOT)
    entry = None if root is None else platform.find_access(root)
    if entry is None:
        reader.unsupported.add(Aspect.PLATFORM)
        return None
    codes = await reader.ask(None, platform.codes_path(text(entry, "id")), platform.CODES_ROOT)
    return platform.read_access(entry, {} if codes is None else platform.read_codes(codes))
