"""A router with four zones in namespaces without names: they end with the processes that hold them."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from lab.proof.nameless import Nameless
from nanxi.acceptance.zones.model import Spot
from nanxi.acceptance.zones.run import Stage
from nanxi.county.addresses import gateway
from nanxi.county.isolation import Isolation
from nanxi.county.load import load_plan
from nanxi.county.model import Plan

ROOT = Path(__file__).parents[3]
STRANGER = "02:4e:58:ff:00:01"


def mac(vlan: int) -> str:
    """The address of the spot in a zone."""
    return f"02:4e:58:00:{vlan >> 8:02x}:{vlan & 255:02x}"


def frozen_plan(folder: Path) -> Plan:
    """Make ``folder/plan`` of the lab's plan with the flows that router.nft was written from, and return it."""
    shutil.copytree(ROOT / "inventory/lab/plan", folder / "plan")
    shutil.copy(ROOT / "tests/cases/acceptance/zones/frozen-flows.yaml", folder / "plan/flows.yml")
    return load_plan(folder / "plan")


class Network:
    """One router, one leg and one spot a zone. ``legs`` maps the leg's name to the place's."""

    def __init__(
        self, stack: ExitStack, isolation: Isolation, legs: dict[str, str], stranger: str = ""
    ) -> None:
        self._stranger = stranger
        self.isolation, self.router = isolation, Nameless(stack)
        self.router.ip("link set lo up")
        self.router.run("sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")
        self.ends = {leg: self._leg(stack, leg, name) for leg, name in legs.items()}

    def _leg(self, stack: ExitStack, leg: str, name: str) -> tuple[Nameless, Spot]:
        place, end = self.isolation.place(name), Nameless(stack)
        length, address = place.block.prefixlen, place.block[2]
        self.router.ip(
            f"link add {leg} type veth peer name eth0 netns {end.pid}",
            f"address add {gateway(place.block)}/{length} dev {leg}",
            f"link set {leg} up",
        )
        end.ip(
            "link set lo up",
            f"link set eth0 address {mac(place.zone.vlan)}",
            f"address add {address}/{length} dev eth0",
            "link set eth0 up",
            f"route add default via {gateway(place.block)}",
        )
        return end, Spot(name, place, address, stranger_mac=STRANGER if leg == self._stranger else "")

    @property
    def stage(self) -> Stage:
        return Stage(
            tuple(spot for _, spot in self.ends.values()),
            {spot.name: end.enter for end, spot in self.ends.values()},
        )

    def load(self, ruleset: str) -> None:
        self.router.run("nft", "-f", "-", typed=ruleset)

    def leak_tags(self, source: str, target: str) -> None:
        """Let tagged frames of one leg out on another, as a switch does whose access port is a trunk."""
        rule = f'type filter hook ingress device {source} priority 0; ether type 8021q fwd to "{target}"'
        self.load(f"table netdev leak {{\nchain tags {{\n{rule}\n}}\n}}\n")
