"""What register and plan demand of one device, as one flat typed record (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address

from nanxi.county.addresses import gateway as first_host
from nanxi.county.model import Plan, Watch
from nanxi.devices.driver import Auth, Credential, Secret, Target
from nanxi.devices.state import (
    ALL_ASPECTS,
    Account,
    Aspect,
    DeclaredChannel,
    DeclaredDevice,
    DeclaredInput,
    DeclaredStream,
    Platform,
)
from nanxi.estate import Estate
from nanxi.findings import NanxiError
from nanxi.register.model import Camera, Device, Kind, State

#: The account that Nanxi signs in with, and the one that recorders and exporters use: it may only look.
ADMIN = Account("admin", "Administrator")
RECORDER = Account("recorder", "User")

#: The vault's name of the password with which a device registers at a platform; no account of the device.
SIP = "sip"

#: The vault's names of a switch's or host's SNMPv3 keys: who authenticates with the one and encrypts with the other only reads.
SNMP_AUTH, SNMP_PRIVACY = "snmp_auth", "snmp_privacy"
#: The SNMPv3 user of the exporters, on every device.
SNMP_USER = "nanxi"

_VIDEO = frozenset({Aspect.ENCODERS, Aspect.OSD})
_STORAGE = frozenset({Aspect.RECORDING, Aspect.DISKS})

#: Which aspects a kind of device has. A camera sees its own picture; an encoder's inputs may have lost theirs.
_ASPECTS: Mapping[Kind, frozenset[Aspect]] = {
    Kind.CAMERA: ALL_ASPECTS - _STORAGE - {Aspect.CHANNELS},
    Kind.ENCODER: ALL_ASPECTS - _STORAGE,
    Kind.NVR: ALL_ASPECTS - _VIDEO,
}

#: States of a camera in which its encoder must show it. An NVR keeps the input of a camera that is in repair.
_RECORDED = frozenset({State.INSTALLED, State.TRIAL, State.ACCEPTED, State.REPAIR})


class UndeclaredError(NanxiError):
    """Register and plan do not say enough to configure the device."""


def aspects_of(kind: Kind) -> frozenset[Aspect]:
    """Return the aspects that devices of ``kind`` have; none where the drivers do not speak to them."""
    return _ASPECTS.get(kind, frozenset())


def declare(estate: Estate, host: str) -> DeclaredDevice:
    """Return what register and plan demand of ``host``.

    Raises:
        UndeclaredError: the register has no camera, encoder or NVR of this name, or it hangs on an encoder, has no
            address, or its address lies in no block of its unit.
    """
    device = estate.devices.get(host)
    if device is None or device.kind not in _ASPECTS:
        raise UndeclaredError(f"{host}: the register has no camera, encoder or NVR of this name")
    if isinstance(device, Camera) and device.encoder:
        raise UndeclaredError(f"{host}: an analog camera; {device.encoder} is the device to speak to")
    address = _address(device)
    policies = estate.plan.policies
    prefix_length, gateway = _segment(estate.plan, device.unit, address)
    services = policies.services[device.network]
    return DeclaredDevice(
        kind=device.kind,
        host=device.host,
        code=device.code,
        address=address,
        http_port=device.http_port,
        rtsp_port=device.rtsp_port,
        vendor=device.vendor,
        model=device.model,
        mac=device.mac,
        serial_number=device.serial_number,
        hostname=device.host,
        timezone=policies.clock.timezone,
        ntp_servers=tuple(map(str, services.ntp)),
        dns_servers=tuple(map(str, services.dns)),
        prefix_length=prefix_length,
        gateway=gateway,
        clock_warn_s=policies.clock.warn_s,
        clock_fail_s=policies.clock.fail_s,
        accounts=(ADMIN, RECORDER),
        channels=_channels(estate, device),
        inputs=_inputs(estate, device),
        platform=_platform(estate, device),
    )


def target(
    declared: DeclaredDevice,
    *,
    passwords: Mapping[str, Secret],
    factory: Sequence[Credential] = (),
    input_passwords: Mapping[str, Credential] | None = None,
    may_write: bool = True,
    auth: Auth = "auto",
) -> Target:
    """Return how to reach the device: the vault's admin password first, then the factory's accounts.

    Args:
        declared: what ``declare`` returned.
        passwords: the vault's password of each declared account, by account name.
        factory: the vendor's factory accounts, in the order to try; their ``origin`` is ``factory``.
        input_passwords: with what an NVR signs in at the devices that it takes in, by their host names.
        may_write: False for a device that is only observed.
        auth: how to sign in; ``auto`` learns it from the device.
    """
    vault = [Credential(ADMIN.name, passwords[ADMIN.name])] if ADMIN.name in passwords else []
    return Target(
        host=declared.host,
        address=declared.address,
        http_port=declared.http_port,
        rtsp_port=declared.rtsp_port,
        vendor=declared.vendor,
        model=declared.model,
        credentials=(*vault, *factory),
        passwords=passwords,
        input_passwords=input_passwords or {},
        may_write=may_write,
        auth=auth,
    )


def _channels(estate: Estate, device: Device) -> tuple[DeclaredChannel, ...]:
    """Return a camera as its own only channel, or the cameras in use that hang on an encoder."""
    if isinstance(device, Camera):
        return (_channel(estate.plan, device, 1),)
    if device.kind is not Kind.ENCODER:
        return ()
    cameras = (camera for camera in estate.cameras_of(device.host) if camera.touchable)
    channels = (_channel(estate.plan, camera, camera.channel) for camera in cameras if camera.channel)
    return tuple(sorted(channels, key=lambda channel: channel.number))


def _channel(plan: Plan, camera: Camera, number: int) -> DeclaredChannel:
    streams = plan.policies.streams[camera.point_class]
    return DeclaredChannel(
        number=number,
        host=camera.host,
        code=camera.code,
        place=camera.place,
        streams=(
            DeclaredStream(role="main", **streams.main.model_dump()),
            DeclaredStream(role="sub", **streams.sub.model_dump()),
        ),
    )


def _inputs(estate: Estate, device: Device) -> tuple[DeclaredInput, ...]:
    """Return the cameras that an NVR takes in, by channel."""
    if device.kind is not Kind.NVR:
        return ()
    cameras = (camera for camera in estate.cameras_of(device.host) if camera.state in _RECORDED)
    inputs = (_input(estate, camera, camera.nvr_channel) for camera in cameras if camera.nvr_channel)
    return tuple(sorted(inputs, key=lambda one: one.channel))


def _input(estate: Estate, camera: Camera, channel: int) -> DeclaredInput:
    source = estate.devices[camera.encoder] if camera.encoder else camera
    return DeclaredInput(
        channel=channel,
        host=camera.host,
        code=camera.code,
        name=camera.place,
        address=_address(source),
        rtsp_port=source.rtsp_port,
        http_port=source.http_port,
        # A camera of a vehicle records on board; what else hangs on an NVR is there to be recorded.
        recording=estate.plan.class_spec(camera.point_class).recording is not Watch.EDGE,
        retention_days=estate.plan.retention_days(camera.unit, camera.point_class),
        device=source.host,
        device_channel=camera.channel or 1,
        vendor=source.vendor,
    )


def _platform(estate: Estate, device: Device) -> Platform | None:
    """Return the platform of the device's network.

    A code may register only once, and recordings are asked for where they lie: so a camera that an NVR takes in is
    a channel of the NVR there, and registers neither by itself nor through its encoder.
    """
    server = estate.plan.policies.platforms_access.get(device.network)
    if server is None or (isinstance(device, Camera) and device.nvr):
        return None
    if isinstance(device, Camera):
        codes = {1: device.code}
    elif device.kind is Kind.NVR:
        codes = {one.channel: one.code for one in _inputs(estate, device)}
    else:
        channels = {one.host: one for one in _channels(estate, device)}
        cameras = (camera for camera in estate.cameras_of(device.host) if not camera.nvr)
        codes = {channels[one.host].number: one.code for one in cameras if one.host in channels}
    return Platform(
        server_id=server.server_id,
        domain=server.domain,
        address=str(server.address),
        port=server.port,
        device_code=device.code,
        channel_codes=codes,
    )


def _address(device: Device) -> IPv4Address:
    if device.ipv4 is None:
        raise UndeclaredError(f"{device.host}: the register gives no IPv4 address")
    return device.ipv4


def _segment(plan: Plan, unit: str, address: IPv4Address) -> tuple[int, str]:
    """Return prefix length and gateway of the unit's block that holds ``address``; the gateway is its first host."""
    for block in plan.addresses.blocks.get(unit, {}).values():
        if address in block:
            return block.prefixlen, str(first_host(block))
    raise UndeclaredError(f"{unit}: the address plan has no block of this unit that holds {address}")
