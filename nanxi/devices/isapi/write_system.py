"""Write name, network, clock, services and platform: read the document, change what is ours, give it back whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from nanxi.devices.driver import Target
from nanxi.devices.errors import FaultError
from nanxi.devices.isapi import clock, identity, network, platform, services
from nanxi.devices.isapi.attempts import Attempts
from nanxi.devices.isapi.client import Client
from nanxi.devices.isapi.document import item, set_text
from nanxi.devices.state import Change, DeclaredDevice
from nanxi.devices.timezone import equivalent
from nanxi.devices.values import Element, child, text


async def write_hostname(
    client: Client, _target: Target, declared: DeclaredDevice, _changes: Sequence[Change]
) -> None:
    """Set the device's name."""
    root = await client.get(identity.PATH, identity.ROOT)
    identity.write_name(root, declared.hostname)
    await client.put(identity.PATH, root)


async def write_dns(
    client: Client, _target: Target, declared: DeclaredDevice, _changes: Sequence[Change]
) -> None:
    """Set the name servers."""
    root = await client.get(network.PATH, network.ROOT)
    network.write_dns(root, declared.dns_servers)
    await _put_interface(client, root)


async def write_network(
    client: Client, _target: Target, declared: DeclaredDevice, _changes: Sequence[Change]
) -> None:
    """Set the address; only ever called when a change of the network was asked for."""
    root = await client.get(network.PATH, network.ROOT)
    network.write_network(
        root, declared.address, declared.prefix_length, declared.gateway, declared.dns_servers
    )
    await _put_interface(client, root)


async def _put_interface(client: Client, root: Element) -> None:
    entry = child(root, network.ITEM)
    if entry is None:
        raise FaultError("the device shows no interface")
    await client.put(f"{network.PATH}/{text(entry, 'id')}", entry)


async def write_clock(
    client: Client, _target: Target, declared: DeclaredDevice, changes: Sequence[Change]
) -> None:
    """Set the servers, then the time if it is far off, then source and zone."""
    fields = {change.field for change in changes}
    if "clock.ntp_servers" in fields:
        servers = await client.get(clock.SERVERS, clock.SERVERS_ROOT)
        for entry in clock.write_servers(servers, declared.ntp_servers):
            await client.put(f"{clock.SERVERS}/{text(entry, 'id')}", entry)
    if not fields - {"clock.ntp_servers"}:
        return
    root = await client.get(clock.TIME, clock.TIME_ROOT)
    present = clock.read_time(root).timezone
    zone = present if equivalent(present, declared.timezone) else declared.timezone
    if "clock.offset_s" in fields:  # NTP daemons refuse to step a clock that is half a year off
        clock.write_time(root, zone, datetime.now(UTC) + timedelta(seconds=0.5))
        await client.put(clock.TIME, root)
    clock.write_time(root, zone)
    await client.put(clock.TIME, root)


async def write_services(
    client: Client, _target: Target, declared: DeclaredDevice, changes: Sequence[Change]
) -> None:
    """Switch services; ports stay as they are."""
    names = {change.field.rpartition(".")[2].upper() for change in changes}
    switches = {switch.name: switch for switch in services.SWITCHES}
    attempts = Attempts()
    for name in sorted(names & switches.keys()):
        with attempts.of(name):
            path = switches[name].path
            root = await client.get(path)
            set_text(root, declared.protocols.get(name, False), "enabled")
            await client.put(path, root)
    if ports := names - switches.keys():
        with attempts.of("ports"):
            root = await client.get(services.PORTS, services.PORTS_ROOT)
            wanted = {name: declared.protocols.get(name, False) for name in ports}
            for number in services.write_ports(root, wanted):
                entry = item(root, services.PORT, number)
                assert entry is not None
                await client.put(f"{services.PORTS}/{number}", entry)
    attempts.finish()


async def write_platform(
    client: Client, target: Target, declared: DeclaredDevice, changes: Sequence[Change]
) -> None:
    """Set the channels' codes, then the access, so that the device registers with all of them."""
    wanted, password = declared.platform, target.passwords.get("sip")
    if wanted is None:
        return
    if password is None:
        raise FaultError("the vault has no password 'sip' for this device; nothing was changed")
    root = await client.get(platform.PATH, platform.ROOT)
    entry = platform.find_access(root)
    if entry is None:
        raise FaultError("the device has no access to GB/T 28181 platforms")
    number = text(entry, "id")
    attempts = Attempts()
    if any(change.field.startswith("platform.channels.") for change in changes):
        with attempts.of("channel codes"):
            codes = await client.get(platform.codes_path(number), platform.CODES_ROOT)
            platform.write_codes(codes, wanted.channel_codes)
            await client.put(platform.codes_path(number), codes)
    with attempts.of("access"):
        platform.write_access(entry, wanted, password)
        await client.put(f"{platform.PATH}/{number}", entry, (password,))
    attempts.finish()
