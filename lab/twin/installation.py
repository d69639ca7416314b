"""What is one device's own: its address, serial number and MAC, as the register has them or as the works gave."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from ipaddress import IPv4Address, IPv4Network

from lab.twin.profile import Make, make_of
from nanxi.county.addresses import gateway
from nanxi.county.model import Addressing
from nanxi.register.model import Device


@dataclass(frozen=True, slots=True)
class Installation:
    """A device in its place. Serial number and MAC are empty where the register does not know them yet."""

    host: str
    make: Make
    model: str
    address: IPv4Address
    http_port: int
    rtsp_port: int
    prefix_length: int
    gateway: str
    serial_number: str = ""
    mac: str = ""

    def digits(self, length: int) -> str:
        """Return hexadecimal digits that are always the same for this device: what the works engraved."""
        return sha256(self.host.encode()).hexdigest()[:length].upper()


def install(device: Device, addressing: Addressing | None = None) -> Installation:
    """Return where a device of the register stands.

    The installer has given it the mask and gateway of its block in the address plan; outside of any, those of a /24.

    Raises:
        ValueError: the register has no address for it.
    """
    if device.ipv4 is None:
        raise ValueError(f"{device.host} has no address in the register")
    blocks = () if addressing is None else addressing.blocks.get(device.unit, {}).values()
    own = (block for block in blocks if device.ipv4 in block)
    block = next(own, IPv4Network(f"{device.ipv4}/24", strict=False))
    return Installation(
        host=device.host,
        make=make_of(device),
        model=device.model,
        address=device.ipv4,
        http_port=device.http_port,
        rtsp_port=device.rtsp_port,
        prefix_length=block.prefixlen,
        gateway=str(gateway(block)),
        serial_number=device.serial_number,
        mac=device.mac,
    )
