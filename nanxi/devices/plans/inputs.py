"""Inputs of an NVR: the cameras that the register gives it, under their names, and no others."""

from __future__ import annotations

from collections.abc import Iterator

from nanxi.devices.consent import Consent
from nanxi.devices.state import Aspect, Change, DeclaredDevice, DeclaredInput, DeviceState, Input

_NOT_ASKED = "the register has no camera on it; it is removed only when asked for explicitly"
_OFFLINE = "the recorder gets no picture: look at the camera, the way to it and its password on the recorder"


def plan_inputs(declared: DeclaredDevice, actual: DeviceState, *, consent: Consent) -> Iterator[Change]:
    """Yield missing, extra and wrong inputs. An input that is offline is a finding: nothing here can mend it."""
    if Aspect.CHANNELS in actual.unsupported and declared.inputs:
        yield Change(
            Aspect.CHANNELS,
            "inputs",
            "",
            f"{len(declared.inputs)} cameras",
            applicable=False,
            reason="the recorder does not show its inputs through this protocol; use another driver",
        )
    if actual.inputs is None:
        return
    present = {one.channel: one for one in actual.inputs}
    for wanted in declared.inputs:
        found = present.pop(wanted.channel, None)
        if found is None:
            yield _change(wanted.channel, "missing", "", f"{wanted.name} {wanted.address}")
        else:
            yield from _compare(wanted, found)
    for extra in present.values():
        yield Change(
            Aspect.CHANNELS,
            f"inputs.{extra.channel}.extra",
            f"{extra.name} {extra.address}".strip(),
            "",
            applicable=consent.remove_extra,
            reason="" if consent.remove_extra else _NOT_ASKED,
        )


def _compare(wanted: DeclaredInput, found: Input) -> Iterator[Change]:
    pairs = (
        ("address", found.address, str(wanted.address)),
        ("http_port", found.http_port, wanted.http_port),
        ("rtsp_port", found.rtsp_port, wanted.rtsp_port),
        ("device_channel", found.device_channel, wanted.device_channel),
        ("name", found.name, wanted.name),
    )
    for field, before, after in pairs:
        if before is not None and before != after:
            yield _change(wanted.channel, field, str(before), str(after))
    if found.login is False:
        yield _change(wanted.channel, "login", "another account or password", "the vault's")
    if not found.enabled:
        yield _change(wanted.channel, "enabled", "false", "true")
    if found.online is False:
        field = f"inputs.{wanted.channel}.online"
        yield Change(Aspect.CHANNELS, field, "false", "true", applicable=False, reason=_OFFLINE)


def _change(channel: int, field: str, before: str, after: str) -> Change:
    return Change(Aspect.CHANNELS, f"inputs.{channel}.{field}", before, after)
