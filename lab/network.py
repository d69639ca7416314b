"""Which addresses the lab answers on, and whether this process stands in a network that has no way out."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Network, collapse_addresses
from pathlib import Path

import yaml

from nanxi.county.model import Addressing, Policies

ROOT = Path(__file__).resolve().parent.parent

_UNICAST_ROUTES = Path("/proc/self/net/route")  # a heading, then one line a route; AnyIP routes are not in it


def plan_networks(inventories: Iterable[Path] | None = None) -> tuple[IPv4Network, ...]:
    """Return the address plan's supernets and the addresses of its clock and name servers, collapsed.

    ``inventories`` defaults to every folder of the checkout's ``inventory/`` that has a plan. Only the two files
    that are needed are read, so that a mistake elsewhere in a plan does not keep the lab from coming up.
    """
    found: set[IPv4Network] = set()
    for folder in inventories or sorted(path.parent for path in ROOT.glob("inventory/*/plan")):
        plan = folder / "plan"
        addressing = Addressing.model_validate(yaml.safe_load((plan / "addresses.yml").read_text("utf-8")))
        policies = Policies.model_validate(yaml.safe_load((plan / "policies.yml").read_text("utf-8")))
        found.update(addressing.supernets.values())
        for services in policies.services.values():
            found.update(IPv4Network(address) for address in (*services.ntp, *services.dns))
    return tuple(collapse_addresses(found))


def is_local(network: IPv4Network) -> bool:
    """Return whether every address of ``network`` seems to be this machine's own: an AnyIP route covers it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((str(network[-1]), 0))
        except OSError:
            return False
    return True


def is_sealed() -> bool:
    """Return whether this process's network has no route to anywhere: the lab's namespace or a sandbox."""
    routes = _UNICAST_ROUTES.read_text("ascii").splitlines()[1:]
    return not routes and all(is_local(network) for network in plan_networks())
