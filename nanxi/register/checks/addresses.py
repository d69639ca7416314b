"""Addresses against the address plan: the unit's own block, no reserved address, none missing."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from nanxi.county.addresses import camera_zone, gateway
from nanxi.county.model import Plan
from nanxi.register.checks.rule import View, rule
from nanxi.register.codes import COUNTY_UNIT
from nanxi.register.model import Camera, Device, Encoder, Host

Found = Iterator[tuple[Device, str, str, str]]


def blocks_for(device: Device, plan: Plan) -> list[IPv4Network]:
    """Return the blocks that a device's address may lie in; empty when the plan has none for its unit."""
    zones = plan.addresses.blocks.get(plan.county.key if device.unit == COUNTY_UNIT else device.unit, {})
    if isinstance(device, Camera | Encoder):
        block = zones.get(camera_zone(device.network))
        return [block] if block else []
    return list(zones.values())


@rule("address-missing")
def address_missing(view: View) -> Found:
    """A device that playbooks touch needs an address; an analog camera is reached through its encoder."""
    for device in view.devices:
        behind_encoder = isinstance(device, Camera) and bool(device.encoder)
        if device.touchable and device.ipv4 is None and device.driver != "none" and not behind_encoder:
            problem = f"a device in state {device.state} needs an address"
            yield device, "ipv4", problem, "give it one, set its state to planned, or its driver to none"


@rule("address-block")
def address_block(view: View) -> Found:
    """An address outside the unit's block is routed elsewhere or not at all."""
    # Numbers: membership tests on IPv4Network objects cost ten times as much, over thousands of rows.
    cache: dict[tuple[object, ...], list[tuple[int, int]]] = {}
    for device in view.live:
        if device.ipv4 is None:
            continue
        key = (device.unit, device.network, isinstance(device, Camera | Encoder))
        ranges = cache.get(key)
        if ranges is None:
            ranges = cache[key] = [
                (int(block.network_address), int(block.broadcast_address))
                for block in blocks_for(device, view.plan)
            ]
        number = int(device.ipv4)
        if ranges and not any(first <= number <= last for first, last in ranges):
            where = " or ".join(str(block) for block in blocks_for(device, view.plan))
            yield device, "ipv4", "outside the unit's block for this kind and network", where


@rule("address-reserved")
def address_reserved(view: View) -> Found:
    """The first, the last and the gateway's address of a block are taken; a gateway host may have the latter."""
    reserved: dict[int, str] = {}
    for zones in view.plan.addresses.blocks.values():
        for block in zones.values():
            reserved[int(block.network_address)] = "network"
            reserved[int(block.broadcast_address)] = "broadcast"
            reserved[int(gateway(block))] = "gateway"
    for device in view.live:
        if device.ipv4 is None or (use := reserved.get(int(device.ipv4))) is None:
            continue
        if use == "gateway" and isinstance(device, Host) and device.role == "gateway":
            continue
        yield device, "ipv4", f"the {use} address of a block", "take another one of the block"
