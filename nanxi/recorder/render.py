"""From plan and register to the files of one recorder host: what its gate, its recorders and its index are told. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nanxi.county.model import Network, Watch
from nanxi.data import read_yaml
from nanxi.devices.declare import RECORDER
from nanxi.devices.driver import Secret
from nanxi.estate import Estate
from nanxi.findings import NanxiError
from nanxi.recorder.placement import Disk, Need, Placement, Site, place, shortage
from nanxi.recording.config import promises
from nanxi.register.model import Camera, Device, Host

#: A recorder host whose disks nobody has named: one of 8 TB, and what a gigabit carries with room for readers.
VOLUMES: Sequence[Mapping[str, Any]] = ({"path": "/srv/nanxi/disk1", "key": "disk1", "size_gb": 8000},)
BANDWIDTH_MBIT = 600
#: A vehicle's host holds its cameras' footage for so many days without a depot.
BOARD_DAYS = 7

_PATHS = Path(__file__).with_name("paths.yml")


class CapacityError(NanxiError):
    """The recorders of a unit cannot take its cameras; nothing may be deployed."""


#: The variables of a host of the inventory, empty when it has none.
Variables = Callable[[str], Mapping[str, Any]]


def recorded(estate: Estate, unit: str, network: Network) -> list[Camera]:
    """Return the cameras that the recorder hosts of a unit and network record.

    Those of their own network, in a state in which they may be contacted, that the register gives to no NVR. A host of
    one network reaches no camera of the other (plan/flows.yml): there is no flow, and there must be none.
    """
    return [
        camera
        for camera in _to_record(estate, (Watch.REQUIRED, Watch.EITHER))
        if camera.unit == unit and camera.network is network and not camera.nvr
    ]


def unrecorded(estate: Estate) -> list[Camera]:
    """Return the cameras that the plan wants recorded and nobody records: no NVR, no recorder host in their network."""
    served = {(host.unit, host.network) for host in _recorders(estate)}
    return [
        camera
        for camera in _to_record(estate, (Watch.REQUIRED,))
        if not camera.nvr and (camera.unit, camera.network) not in served
    ]


def recorded_in_use(estate: Estate) -> frozenset[str]:
    """Return the cameras that a recorder host in use records, whichever of a unit's hosts that is.

    A host that is planned, in repair or retired records nothing: its cameras move to the unit's others, or are nobody's.
    """
    served = {(host.unit, host.network) for host in _recorders(estate) if host.touchable}
    return frozenset(
        camera.host
        for camera in _to_record(estate, (Watch.REQUIRED, Watch.EITHER))
        if not camera.nvr and (camera.unit, camera.network) in served
    )


def carried(estate: Estate, host: str) -> list[Camera]:
    """Return the cameras that the host of a vehicle records, in a state in which they may be contacted."""
    return sorted((one for one in estate.cameras_of(host) if one.touchable), key=lambda one: one.host)


def place_board(estate: Estate, host: str, variables: Variables) -> Placement:
    """Spread a vehicle's cameras over the disks of its host, which must hold them until a depot is in reach.

    Raises:
        CapacityError: there is no room, or the register has no camera for this host.
    """
    cameras, own = carried(estate, host), variables(host)
    if not cameras:
        raise CapacityError(f"{host}: no camera of the register names it as its 存储设备 (class vehicle)")
    days = int(own.get("mobile_recorder_days") or BOARD_DAYS)
    needs = [_need(estate, one, days) for one in cameras]
    site = _site([host], variables)
    placement = place(needs, site)
    if placement.left:
        size, rate = shortage(needs, site)
        raise CapacityError(
            f"{host}: no room for {', '.join(placement.left)} for {days} days without a depot; missing: "
            f"{size / 1e9:.0f} GB, {rate / 1000:.0f} Mbit/s. A larger disk, or fewer days (mobile_recorder_days)"
        )
    return placement


def place_unit(estate: Estate, unit: str, network: Network, variables: Variables) -> Placement:
    """Spread the cameras of a unit and network over its recorder hosts.

    Raises:
        CapacityError: there is no host, or they have no room; with how much is missing.
    """
    cameras = recorded(estate, unit, network)
    needs = [_need(estate, one, estate.plan.retention_days(unit, one.point_class)) for one in cameras]
    hosts = [
        device.host
        for device in _recorders(estate)
        if device.unit == unit and device.network is network and device.touchable
    ]
    if cameras and not hosts:
        raise CapacityError(
            f"{unit}: {len(cameras)} cameras of the network {network} are to be recorded, and the register has no "
            "recorder host there"
        )
    site = _site(hosts, variables)
    placement = place(needs, site)
    if placement.left:
        size, rate = shortage(needs, site)
        raise CapacityError(
            f"{unit}: no room for {len(placement.left)} of {len(needs)} cameras ({', '.join(placement.left[:5])}"
            f"{', …' if len(placement.left) > 5 else ''}); missing in all: {size / 1e12:.2f} TB, {rate / 1000:.0f} Mbit/s. "
            "Add a recorder host or a disk, or shorten the retention (recorder_volumes, recorder_bandwidth_mbit)"
        )
    return placement


def _need(estate: Estate, camera: Camera, days: int) -> Need:
    """Return what one camera asks of a disk: its main stream for so many days."""
    return Need(camera.host, estate.plan.policies.streams[camera.point_class].main.bitrate_kbps, days)


def _site(hosts: Sequence[str], variables: Variables) -> Site:
    """Return the disks and the bandwidth of hosts, as their variables or the defaults have them."""
    own = {host: variables(host) for host in hosts}
    disks = tuple(
        Disk(host, str(one["path"]), int(float(one["size_gb"]) * 1e9))
        for host, known in own.items()
        for one in known.get("recorder_volumes") or VOLUMES
    )
    kbps = {
        host: int(known.get("recorder_bandwidth_mbit") or BANDWIDTH_MBIT) * 1000
        for host, known in own.items()
    }
    return Site(disks, kbps)


def cameras_of(estate: Estate, host: str, variables: Variables) -> dict[str, Disk]:
    """Return the cameras of one recorder host with their disks, in order of their names."""
    device = estate.devices[host]
    if isinstance(device, Host) and device.role == "mobile_recorder":
        placement = place_board(estate, host, variables)
    else:
        placement = place_unit(estate, device.unit, device.network, variables)
    return {camera: disk for camera, disk in sorted(placement.disks.items()) if disk.host == host}


def gate_cameras(estate: Estate, cameras: Mapping[str, Disk], variables: Variables) -> list[dict[str, Any]]:
    """Return the gate's list of cameras; an analog camera is a channel of its encoder."""
    found = []
    for name in cameras:
        camera = estate.devices[name]
        assert isinstance(camera, Camera)
        device, channel = spoken_to(estate, camera)
        if device.ipv4 is None:
            raise CapacityError(f"{name}: the register has no address for {device.host}")
        paths = read_yaml(_PATHS)
        table = paths.get(device.vendor, paths["default"])
        if camera.encoder:
            table = table.get("of_encoder", table)
        own = variables(name)
        streams = {
            stream: str(own.get(f"stream_{stream}") or table[stream].format(channel=channel))
            for stream in ("main", "sub")
        }
        one = {"host": name, "address": str(device.ipv4), "port": device.rtsp_port, "streams": streams}
        if own.get("stall_s"):
            one["stall_s"] = float(own["stall_s"])
        found.append(one)
    return found


def credentials(
    estate: Estate, cameras: Mapping[str, Disk], passwords: Callable[[str, str], Mapping[str, Secret]]
) -> dict[str, dict[str, str]]:
    """Return the account that may look, by camera; ``passwords(unit, host)`` opens the vault."""
    found = {}
    for name in cameras:
        camera = estate.devices[name]
        assert isinstance(camera, Camera)
        device, _ = spoken_to(estate, camera)
        secret = passwords(device.unit, device.host)[RECORDER.name]
        found[name] = {"user": RECORDER.name, "password": secret.value}
    return found


def recorder_cameras(cameras: Mapping[str, Disk], variables: Variables) -> dict[str, dict[str, Any]]:
    """Return how each camera is recorded, with what its own variables say otherwise."""
    kept = {"recorder_detect_s": "detect_s", "recorder_watchdog_s": "watchdog_s", "recorder_audio": "audio"}
    return {
        name: {"volume": disk.path}
        | {
            field: variables(name)[known]
            for known, field in kept.items()
            if variables(name).get(known) is not None
        }
        for name, disk in cameras.items()
    }


def recording(
    estate: Estate, cameras: Mapping[str, Disk], volumes: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """Return ``/etc/nanxi/recording.json``: what is promised of each camera."""
    found = promises(estate, cameras)
    return {
        "volumes": [str(one["path"]) for one in volumes],
        "cameras": {name: promise.model_dump(mode="json") for name, promise in found.items()},
    }


def _to_record(estate: Estate, how: tuple[Watch, ...]) -> list[Camera]:
    watch = {spec.key: spec.recording for spec in estate.plan.county.classes}
    return [
        device
        for _, device in sorted(estate.devices.items())
        if isinstance(device, Camera) and device.touchable and watch[device.point_class] in how
    ]


def _recorders(estate: Estate) -> list[Host]:
    return [
        device
        for _, device in sorted(estate.devices.items())
        if isinstance(device, Host) and device.role == "recorder"
    ]


def spoken_to(estate: Estate, camera: Camera) -> tuple[Device, int]:
    """Return the device that has a camera's stream, and the channel there."""
    if camera.encoder:
        return estate.devices[camera.encoder], camera.channel or 1
    return camera, 1
