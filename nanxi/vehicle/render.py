"""From plan and register to what a vehicle's host and a depot are told. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanxi.county.addresses import gateway
from nanxi.estate import Estate
from nanxi.findings import NanxiError
from nanxi.recorder.render import Variables, carried, spoken_to
from nanxi.recording.config import promises
from nanxi.register.model import Device, Host
from nanxi.vehicle.door import authorized
from nanxi.wiring import place_of

STATEMENTS = "/var/lib/nanxi/recording/vehicles"
#: A daemon of its own: what vehicles may do says nothing about who administers the host.
PORT = 2222


class VehicleError(NanxiError):
    """Vehicles and depots do not know enough of one another; nothing is deployed."""


def vehicles(estate: Estate, like: Device) -> list[Host]:
    """Return the vehicles' hosts on the same network as ``like``."""
    return [one for one in _hosts(estate, "mobile_recorder") if one.network is like.network and one.touchable]


def yards(estate: Estate, like: Device) -> list[Host]:
    """Return the recorder hosts on the network of ``like``, each of which may be a depot."""
    return [one for one in _hosts(estate, "recorder") if one.network is like.network and one.touchable]


def depots(estate: Estate, like: Device, variables: Variables) -> list[Host]:
    """Return the recorder hosts on the network of ``like`` that are depots (``vehicle_depot``), of its own unit first."""
    found = [one for one in yards(estate, like) if variables(one.host).get("vehicle_depot")]
    return sorted(found, key=lambda one: (one.unit != like.unit, one.host))


def board(estate: Estate, host: str, variables: Variables) -> dict[str, Any]:
    """Return who a vehicle is and which depots it knows, for ``/etc/nanxi/vehicle.json``.

    Raises:
        VehicleError: there is no depot on its network, or one has no address, or its host key is not known.
    """
    device = estate.devices[host]
    found = depots(estate, device, variables)
    if not found:
        raise VehicleError(
            f"{host}: no recorder host on the {device.network} network is a depot; set vehicle_depot: true for one"
        )
    without = [one.host for one in found if one.ipv4 is None or not _host_key(variables(one.host))]
    if without:
        raise VehicleError(
            f"{host}: the host key (or address) of {', '.join(without)} is not known. Run playbooks/vehicles.yml once "
            "for the depots and keep what it prints as vehicle_depot_host_key in their host_vars"
        )
    return {
        "vehicle": host,
        "depots": [
            {
                "name": one.host,
                "address": str(one.ipv4),
                "port": int(variables(one.host).get("vehicle_depot_port") or PORT),
                "host_keys": [_host_key(variables(one.host))],
            }
            for one in found
        ],
    }


def depot(estate: Estate, host: str) -> dict[str, Any]:
    """Return which vehicles come to a depot, with their cameras, for ``/etc/nanxi/depot.json``."""
    found = vehicles(estate, estate.devices[host])
    return {
        "name": host,
        "vehicles": {one.host: [camera.host for camera in carried(estate, one.host)] for one in found},
    }


def aboard(estate: Estate, host: str) -> dict[str, Any]:
    """Return how a vehicle's host reaches the cameras on board, also on the road where no gateway is.

    They keep the register's addresses, which lie in another block than the host's own: each is on-link on the switch on
    board, and the host answers there for the gateway that they were told of. It passes nothing on.

    Raises:
        VehicleError: the register has no address for one of them.
        WiringError: an address lies in no zone.
    """
    device = estate.devices[host]
    spoken = {one.host: one for one in (spoken_to(estate, camera)[0] for camera in carried(estate, host))}
    without = [one.host for one in (device, *spoken.values()) if one.ipv4 is None]
    if without:
        raise VehicleError(f"{host}: the register has no address for {', '.join(without)}")
    blocks = {place_of(one, estate.plan).block for one in spoken.values()}
    return {
        "address": str(device.ipv4),
        "gateways": sorted(str(gateway(block)) for block in blocks),
        "cameras": sorted(str(one.ipv4) for one in spoken.values()),
    }


def authorized_keys(estate: Estate, host: str, variables: Variables, python: str) -> str:
    """Return a depot's ``authorized_keys``: one line for each vehicle whose public key is known, which can do one thing."""
    lines = [
        authorized(one.host, " ".join(key.split()[:2]), python)
        for one in vehicles(estate, estate.devices[host])
        if (key := str(variables(one.host).get("mobile_recorder_key") or ""))
    ]
    return "".join(f"{line}\n" for line in lines)


def recording(estate: Estate, host: str, base: Mapping[str, Any], variables: Variables) -> dict[str, Any]:
    """Return ``/etc/nanxi/recording.json`` with what vehicles have to do with the host; ``base`` is every recorder's."""
    device, own = estate.devices[host], variables(host)
    if isinstance(device, Host) and device.role == "mobile_recorder":
        keep = int(own.get("mobile_recorder_keep_days") or 3)
        return {**base, "hashing": True, "on_board": {"keep_days": keep}}
    if own.get("vehicle_depot"):
        cameras = [camera for one in depot(estate, host)["vehicles"].values() for camera in one]
        arriving = {
            name: promise.model_dump(mode="json") for name, promise in promises(estate, cameras).items()
        }
        return {**base, "statements": STATEMENTS, "cameras": {**base["cameras"], **arriving}}
    return dict(base)


def _hosts(estate: Estate, role: str) -> list[Host]:
    return [one for _, one in sorted(estate.devices.items()) if isinstance(one, Host) and one.role == role]


def _host_key(variables: Mapping[str, Any]) -> str:
    return " ".join(str(variables.get("vehicle_depot_host_key") or "").split()[:2])
