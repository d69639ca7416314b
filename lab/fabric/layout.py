"""Who is plugged in where, from the register and the plan (pure).

Every unit and the county have a site: the trunk behind the access switch's uplink, where gateways stand with one
cable for each VLAN, because the lab's kernels know no VLAN interfaces. What the register gives a switch and a port
hangs there; what it gives none hangs on the site, in the VLAN of its zone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import IPv4Address, IPv4Interface

from lab.fabric import names
from nanxi.county.addresses import gateway
from nanxi.county.isolation import Place
from nanxi.county.model import Network, Plan
from nanxi.estate import Estate
from nanxi.register.model import Camera, Device, Host, Kind, State, Switch
from nanxi.wiring import BACKBONES, ONLY, Route, feet, place_of, places, routes_from

#: The card of a vehicle's host that leads to its cameras.
ABOARD = "eth1"
#: Kinds whose devices are twins with an address of their own.
_TWINS = (Kind.CAMERA, Kind.ENCODER, Kind.NVR)


@dataclass(frozen=True, slots=True)
class Plug:
    """One cable: from an interface of a station to the site, or to a port of an access switch."""

    station: str
    interface: str
    wire: str  # the end in the fabric
    mac: str  # as aa:bb:cc:dd:ee:ff; "" leaves it to the kernel
    place: Place
    address: IPv4Interface
    switch: str = ""
    port: str = ""
    ways: tuple[Route, ...] = ()  # beside the default route
    aboard: str = ""  # the vehicle on whose own switch it hangs, instead of a site or an access switch

    @property
    def router(self) -> IPv4Address:
        """The gateway of its zone."""
        return gateway(self.place.block)


def of_host(device: Host, plan: Plan) -> tuple[Plug, ...]:
    """Return the cables of a Linux host; see :func:`nanxi.wiring.feet`."""
    found = feet(device, plan)
    switch, port = (device.switch, device.switch_port) if len(found) == 1 else ("", "")
    plugs = tuple(
        Plug(
            station=device.host,
            interface=foot.interface,
            wire=names.wire(device.host, foot.interface),
            mac=_mac(device.mac, number),
            place=foot.place,
            address=foot.address,
            switch=switch,
            port=port,
        )
        for number, foot in enumerate(found)
    )
    if device.role != "mobile_recorder":
        return plugs
    # Its second card, to the switch on board; the first is plugged in when it stands in a yard.
    own = replace(plugs[0], interface=ABOARD, wire=names.wire(device.host, ABOARD), mac=_mac(device.mac, 1))
    return (*plugs, replace(own, switch="", port="", aboard=device.host))


def of_twins(estate: Estate) -> tuple[Plug, ...]:
    """Return one cable for each camera, encoder and NVR that has an address; the station is the device."""
    return tuple(
        replace(_single(device, estate.plan), aboard=_vehicle(device, estate))
        for device in estate.devices.values()
        if device.kind in _TWINS and device.ipv4 is not None and device.state is not State.RETIRED
    )


def _vehicle(device: Device, estate: Estate) -> str:
    """Return the vehicle that carries a camera; empty for one on a pole."""
    recorder = estate.devices.get(device.nvr) if isinstance(device, Camera) else None
    return recorder.host if isinstance(recorder, Host) and recorder.role == "mobile_recorder" else ""


def hosts(estate: Estate) -> tuple[Host, ...]:
    """Return the Linux hosts that are real machines in the lab."""
    return tuple(
        device
        for device in estate.devices.values()
        if isinstance(device, Host) and device.touchable and device.driver == "linux"
    )


def controllers(estate: Estate) -> tuple[Host, ...]:
    """Return the control nodes, at most one for each network: a namespace is all they need."""
    return tuple(
        device
        for device in estate.devices.values()
        if isinstance(device, Host) and device.role == "controller" and device.touchable
    )


def of_controller(device: Host, plan: Plan) -> Plug:
    """Return the cable of a control node."""
    return _single(device, plan)


def switches(estate: Estate) -> tuple[Switch, ...]:
    """Return the access switches."""
    return tuple(
        device
        for device in estate.devices.values()
        if isinstance(device, Switch) and device.ipv4 is not None and device.state is not State.RETIRED
    )


def of_switch(device: Switch, plan: Plan) -> Plug:
    """Return the cable of a switch's own address, its VLAN interface: on the site, behind its own uplink.

    The twin itself decides whether its configuration would let anybody through to it.
    """
    return replace(_single(device, plan), switch="", port="")


def uplink(device: Switch) -> tuple[str, str]:
    """Return both ends of the cable from a switch's uplink port to its site: at the switch, at the site."""
    name = names.wire(device.host, "uplink")
    return name, f"{name}s"


def clocks(plan: Plan) -> Iterator[Plug]:
    """Yield each address that the plan gives to a clock or name server of a network; one station has them all."""
    for network in (Network.POLICE, Network.PUBLIC):
        services = plan.policies.services[network]
        for address in dict.fromkeys((*services.ntp, *services.dns)):
            for place in places(plan):
                if address in place.block:
                    yield _extra(f"clock-{network.value}", ONLY, place, address)


def probes(plan: Plan) -> Iterator[Plug]:
    """Yield a tester's laptop for every zone instance but the backbones, on the last host address of its block."""
    for place in places(plan):
        if place.zone.key not in BACKBONES.values():
            laptop = _extra(place.name, ONLY, place, place.block.broadcast_address - 1)
            yield replace(laptop, ways=routes_from(place, plan)[1:])


def _extra(station: str, interface: str, place: Place, address: IPv4Address) -> Plug:
    wire = names.wire(station, interface)
    return Plug(station, interface, wire, "", place, IPv4Interface((address, place.block.prefixlen)))


def _single(device: Device, plan: Plan) -> Plug:
    place = place_of(device, plan)
    assert device.ipv4 is not None, "place_of refuses a device without an address"
    return Plug(
        station=device.host,
        interface=ONLY,
        wire=names.wire(device.host, ONLY),
        mac=_mac(device.mac, 0),
        place=place,
        address=IPv4Interface((device.ipv4, place.block.prefixlen)),
        switch=device.switch,
        port=device.switch_port,
    )


def _mac(registered: str, number: int) -> str:
    """Return the address of a device's card number ``number``: the register knows the first one.

    Further cards get it with the card's number in the second octet: unlike counting up from the last octet, that
    cannot meet another device of the same make.
    """
    if not registered:
        return ""
    octets = [int(octet, 16) for octet in registered.split("-")]
    octets[1] = (octets[1] + number) % 256
    return ":".join(f"{octet:02x}" for octet in octets)
