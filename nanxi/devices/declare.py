"""What register and plan demand of one camera, as one flat typed record (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address

from nanxi.county.addresses import gateway as first_host
from nanxi.county.model import Plan
from nanxi.devices.driver import Auth, Credential, Secret, Target
from nanxi.devices.state import Account, DeclaredCamera, DeclaredStream
from nanxi.estate import Estate
from nanxi.findings import NanxiError
from nanxi.register.model import Camera

#: The account that Nanxi signs in with, and the one that recorders and exporters use: it may only look.
ADMIN = Account("admin", "Administrator")
RECORDER = Account("recorder", "User")


class UndeclaredError(NanxiError):
    """Register and plan do not say enough to configure the device."""


def declare(estate: Estate, host: str) -> DeclaredCamera:
    """Return what register and plan demand of ``host``.

    Raises:
        UndeclaredError: the register has no such camera, or it has no address, or the address lies in no block
            of its unit.
    """
    device = estate.devices.get(host)
    if not isinstance(device, Camera):
        raise UndeclaredError(f"{host}: the register has no camera of this name")
    if device.ipv4 is None:
        raise UndeclaredError(f"{host}: the register gives no IPv4 address")
    policies = estate.plan.policies
    prefix_length, gateway = _segment(estate.plan, device.unit, device.ipv4)
    services = policies.services[device.network]
    streams = policies.streams[device.point_class]
    return DeclaredCamera(
        host=device.host,
        code=device.code,
        address=device.ipv4,
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
        streams=(
            DeclaredStream(role="main", **streams.main.model_dump()),
            DeclaredStream(role="sub", **streams.sub.model_dump()),
        ),
        place=device.place,
    )


def target(
    declared: DeclaredCamera,
    *,
    passwords: Mapping[str, Secret],
    factory: Sequence[Credential] = (),
    may_write: bool = True,
    auth: Auth = "auto",
) -> Target:
    """Return how to reach the camera: the vault's admin password first, then the factory's accounts.

    Args:
        declared: what ``declare`` returned.
        passwords: the vault's password of each declared account, by account name.
        factory: the vendor's factory accounts, in the order to try; their ``origin`` is ``factory``.
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
        may_write=may_write,
        auth=auth,
    )


def _segment(plan: Plan, unit: str, address: IPv4Address) -> tuple[int, str]:
    """Return prefix length and gateway of the unit's block that holds ``address``; the gateway is its first host."""
    for block in plan.addresses.blocks.get(unit, {}).values():
        if address in block:
            return block.prefixlen, str(first_host(block))
    raise UndeclaredError(f"{unit}: the address plan has no block of this unit that holds {address}")
