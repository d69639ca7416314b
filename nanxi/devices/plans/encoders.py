"""Encoders: what the policy of each camera's class demands of main and sub stream."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.plans.channels import prefix
from nanxi.devices.state import (
    Aspect,
    Change,
    CodecLimits,
    DeclaredDevice,
    DeclaredStream,
    DeviceState,
    Encoder,
)


def plan_encoders(declared: DeclaredDevice, actual: DeviceState) -> Iterator[Change]:
    """Yield what differs. What the encoder cannot do, as far as its limits are known, is a finding."""
    if actual.encoders is None:
        return
    present = {(encoder.channel, encoder.role): encoder for encoder in actual.encoders}
    for channel in declared.channels:
        for stream in channel.streams:
            field = f"{prefix(declared, channel, 'encoders')}.{stream.role}"
            encoder = present.get((channel.number, stream.role))
            if encoder is None:
                yield Change(
                    Aspect.ENCODERS,
                    field,
                    "",
                    f"{stream.codec} {stream.width}x{stream.height}",
                    applicable=False,
                    reason="the device has no further encoder",
                )
            else:
                yield from _compare(field, stream, encoder)


def _compare(field: str, stream: DeclaredStream, encoder: Encoder) -> Iterator[Change]:
    offered = {limits.codec: limits for limits in encoder.limits or ()}
    obstacle = _no_codec(stream.codec, offered)
    codec = encoder.codec if obstacle else stream.codec  # with which codec the other fields must do
    limits = offered.get(codec, CodecLimits(codec))
    if encoder.codec != stream.codec:
        yield _change(f"{field}.codec", encoder.codec, stream.codec, obstacle)
    before, after = f"{encoder.width}x{encoder.height}", f"{stream.width}x{stream.height}"
    if before != after:
        yield _change(f"{field}.resolution", before, after, _no_resolution(stream, limits))
    if abs(encoder.fps - stream.fps) >= 0.5:  # 24.97 and 25.0 are the same rate
        yield _change(f"{field}.fps", f"{encoder.fps:g}", str(stream.fps), _no_fps(stream.fps, limits))
    if encoder.bitrate_kbps != stream.bitrate_kbps:
        obstacle = _outside(stream.bitrate_kbps, limits.bitrate_kbps)
        yield _change(f"{field}.bitrate_kbps", str(encoder.bitrate_kbps), str(stream.bitrate_kbps), obstacle)
    # A device that tells no group length for its present codec cannot be asked for one.
    if encoder.gop != stream.gop and (encoder.gop is not None or encoder.codec != codec):
        shown = "" if encoder.gop is None else str(encoder.gop)
        yield _change(f"{field}.gop", shown, str(stream.gop), _outside(stream.gop, limits.gop))


def _change(field: str, before: str, after: str, obstacle: str) -> Change:
    return Change(Aspect.ENCODERS, field, before, after, applicable=not obstacle, reason=obstacle)


def _no_codec(codec: str, offered: dict[str, CodecLimits]) -> str:
    if not offered or codec in offered:
        return ""
    return f"the encoder offers only {', '.join(sorted(offered))}"


def _no_resolution(stream: DeclaredStream, limits: CodecLimits) -> str:
    if not limits.resolutions or (stream.width, stream.height) in limits.resolutions:
        return ""
    sizes = ", ".join(f"{width}x{height}" for width, height in sorted(limits.resolutions, reverse=True))
    return f"the encoder offers only {sizes}"


def _no_fps(fps: int, limits: CodecLimits) -> str:
    if limits.fps and not any(abs(rate - fps) < 0.5 for rate in limits.fps):
        return f"the encoder offers only {', '.join(f'{rate:g}' for rate in sorted(limits.fps))}"
    return _outside(fps, limits.fps_range)


def _outside(value: int, span: tuple[float, float] | None) -> str:
    # (0, 0) is what some firmware writes for "no idea".
    if span is None or span[1] <= 0 or span[0] <= value <= span[1]:
        return ""
    return f"the encoder offers only {span[0]:g} to {span[1]:g}"
