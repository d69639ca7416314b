"""A county's gateways with the rules that are rendered for them, and a laptop in every zone, without hosts or switches.

Each zone instance is a plain bridge, each gateway a namespace with the interfaces, routes and ruleset that its host of
the register gets. So the model of ``nanxi.county.isolation`` is held against what ``nanxi.gateway`` makes of the same
plan, packet by packet (goal N5), in seconds and without root's names.
"""

from __future__ import annotations

import random
from contextlib import ExitStack
from ipaddress import IPv4Address, IPv4Network

from lab.proof.nameless import Nameless
from nanxi.acceptance.zones.model import Spot
from nanxi.acceptance.zones.run import Stage
from nanxi.county.isolation import Isolation, Place
from nanxi.county.model import Plan
from nanxi.estate import Estate
from nanxi.gateway.ruleset import ruleset
from nanxi.gateway.station import station
from nanxi.register.model import Host
from nanxi.wiring import feet, routes, routes_from


class Miniature:
    """The network of ``estate``; ``seed`` chooses at which addresses the laptops stand."""

    def __init__(self, stack: ExitStack, estate: Estate, seed: int = 0) -> None:
        self.isolation = Isolation(estate.plan)
        self._stack, self._estate, self._chance = stack, estate, random.Random(seed)
        self._switch, self._wires = Nameless(stack), 0
        self._bridges = {place.block: f"b{number}" for number, place in enumerate(self.isolation.places)}
        self._switch.ip(*(f"link add {bridge} up type bridge" for bridge in self._bridges.values()))
        hosts = [d for d in estate.devices.values() if isinstance(d, Host) and d.touchable]
        self._taken = {foot.address.ip for host in hosts for foot in feet(host, estate.plan)}
        self.gateways = [(host, self._gateway(host)) for host in hosts if host.role == "gateway"]
        self.load(estate.plan)
        self._laptops = [self._laptop(place) for place in self.isolation.places if not place.zone.transit]

    @property
    def stage(self) -> Stage:
        """Where probes stand: in every zone instance."""
        return Stage(
            tuple(spot for spot, _ in self._laptops), {spot.name: end.enter for spot, end in self._laptops}
        )

    def load(self, plan: Plan) -> None:
        """Give every gateway the rules that follow from ``plan``."""
        model = Isolation(plan)
        for host, made in self.gateways:
            made.run("nft", "-f", "-", typed=ruleset(station(host, plan), model))

    def _gateway(self, host: Host) -> Nameless:
        plan, made = self._estate.plan, Nameless(self._stack)
        for foot in feet(host, plan):
            self._plug(foot.place.block, made, foot.interface, f"{foot.address}")
        made.ip(*(f"route add {route.to} via {route.via}" for route in routes(host, plan)))
        made.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv4.conf.all.send_redirects=0")
        return made

    def _laptop(self, place: Place) -> tuple[Spot, Nameless]:
        made, address = Nameless(self._stack), self._free(place)
        self._plug(place.block, made, "eth0", f"{address}/{place.block.prefixlen}")
        made.ip(*(f"route add {way.to} via {way.via}" for way in routes_from(place, self._estate.plan)))
        return Spot(place.name, place, address), made

    def _plug(self, block: IPv4Network, end: Nameless, interface: str, address: str) -> None:
        self._wires += 1
        wire = f"w{self._wires}"
        self._switch.ip(
            f"link add {wire} type veth peer name {interface} netns {end.pid}",
            f"link set {wire} master {self._bridges[block]} up",
        )
        end.ip("link set lo up", f"address add {address} dev {interface}", f"link set {interface} up")

    def _free(self, place: Place) -> IPv4Address:
        last = place.block.num_addresses - 2
        while True:
            address = place.block[self._chance.randint(2, last)]
            if address not in self._taken:
                return address
