"""Write what the device's own video inputs deliver and show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from nanxi.devices.driver import Target
from nanxi.devices.isapi import overlays, streams
from nanxi.devices.isapi.attempts import Attempts
from nanxi.devices.isapi.client import Client
from nanxi.devices.isapi.document import item
from nanxi.devices.plans.channels import prefix
from nanxi.devices.state import Change, DeclaredChannel, DeclaredDevice, DeclaredStream, Encoder


async def write_encoders(
    client: Client, _target: Target, declared: DeclaredDevice, changes: Sequence[Change]
) -> None:
    """Set main and sub encoders; fields without an applicable change keep the device's value."""
    root = await client.get(streams.PATH, streams.ROOT)
    present = {(encoder.channel, encoder.role): encoder for encoder in streams.read_encoders(root)}
    attempts = Attempts()
    for channel in declared.channels:
        for stream in channel.streams:
            start = f"{prefix(declared, channel, 'encoders')}.{stream.role}."
            fields = {
                change.field.removeprefix(start) for change in changes if change.field.startswith(start)
            }
            encoder = present.get((channel.number, stream.role))
            if not fields or encoder is None:
                continue
            entry = item(root, streams.ITEM, encoder.token)
            assert entry is not None
            with attempts.of(f"stream {encoder.token}"):
                streams.write_encoder(entry, _wanted(encoder, stream, fields))
                await client.put(f"{streams.PATH}/{encoder.token}", entry)
    attempts.finish()


def _wanted(encoder: Encoder, stream: DeclaredStream, fields: set[str]) -> Encoder:
    sized = "resolution" in fields
    return replace(
        encoder,
        codec=stream.codec if "codec" in fields else encoder.codec,
        width=stream.width if sized else encoder.width,
        height=stream.height if sized else encoder.height,
        fps=stream.fps if "fps" in fields else encoder.fps,
        bitrate_kbps=stream.bitrate_kbps if "bitrate_kbps" in fields else encoder.bitrate_kbps,
        gop=stream.gop if "gop" in fields else encoder.gop,
    )


async def write_osd(
    client: Client, _target: Target, declared: DeclaredDevice, changes: Sequence[Change]
) -> None:
    """Show the time line, and the place as the input's name."""
    fields = {change.field for change in changes}
    attempts = Attempts()
    for channel in declared.channels:
        start = prefix(declared, channel, "osd")
        with attempts.of(f"channel {channel.number}"):
            await _show(client, channel, place=f"{start}.place" in fields, time=f"{start}.time" in fields)
    attempts.finish()


async def _show(client: Client, channel: DeclaredChannel, *, place: bool, time: bool) -> None:
    if place:
        names = await client.get(overlays.INPUTS, overlays.INPUTS_ROOT)
        entry = overlays.write_name(names, channel.number, channel.place)
        await client.put(f"{overlays.INPUTS}/{channel.number}", entry)
    if place or time:
        path = overlays.overlay_path(channel.number)
        root = await client.get(path, overlays.ROOT)
        overlays.show(root, time=time, name=place)
        await client.put(path, root)
