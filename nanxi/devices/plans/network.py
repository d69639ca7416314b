"""Host name, DNS and address."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.consent import Consent
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeviceState

_NOT_ASKED = "network settings change only when asked for explicitly"


def plan_hostname(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield the host name if it differs."""
    if actual.hostname is not None and actual.hostname != declared.hostname:
        yield Change(Aspect.HOSTNAME, "hostname", actual.hostname, declared.hostname)


def plan_dns(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield what differs in the name servers."""
    dns = actual.dns
    if dns is None:
        return
    if dns.from_dhcp:
        yield Change(Aspect.DNS, "dns.from_dhcp", "true", "false")
    if dns.servers != declared.dns_servers:
        yield Change(Aspect.DNS, "dns.servers", " ".join(dns.servers), " ".join(declared.dns_servers))


def plan_network(declared: DeclaredDevice, actual: DeviceState, *, consent: Consent) -> Iterator[Change]:
    """Yield what differs in address, prefix, gateway; findings only, unless a change was asked for."""
    network = actual.network
    if network is None:
        return
    pairs = (
        ("dhcp", str(network.dhcp).lower(), "false"),
        ("address", network.address, str(declared.address)),
        ("prefix_length", str(network.prefix_length), str(declared.prefix_length)),
        ("gateway", network.gateway, declared.gateway),
    )
    for field, before, after in pairs:
        if before != after:
            yield Change(
                Aspect.NETWORK,
                f"network.{field}",
                before,
                after,
                applicable=consent.change_network,
                reason="" if consent.change_network else _NOT_ASKED,
            )
