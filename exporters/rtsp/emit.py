"""From a call-up to samples (pure).

nanxi_rtsp_up{device="shangtang-cam0001",...} 1
nanxi_rtsp_call_up_seconds{device="shangtang-cam0001",...,phase="key_frame"} 0.42
"""

from __future__ import annotations

from exporters.signals import Samples
from nanxi.devices.errors import FaultError, LockedError
from nanxi.devices.rtsp.call_up import CallUp
from nanxi.devices.rtsp.errors import BusyError


def call_up(samples: Samples, found: CallUp, via: str) -> None:
    """Tell how a call-up went. Busy and held back are neither up nor down."""
    busy = isinstance(found.error, BusyError)
    silent = busy or (isinstance(found.error, LockedError) and not found.error.by_device)
    if not silent:
        samples.add("nanxi_rtsp_up", found.key_frame_s is not None)
    samples.add("nanxi_rtsp_busy", busy)
    samples.add("nanxi_rtsp_status", _status(found))
    if found.codec:
        samples.add("nanxi_rtsp_info", 1, via=via, codec=found.codec)
    for phase in ("signalling", "first_packet", "key_frame"):
        samples.add("nanxi_rtsp_call_up_seconds", getattr(found, f"{phase}_s"), phase=phase)
    samples.add("nanxi_rtsp_receive_bytes_per_second", found.bytes_per_second)
    samples.add("nanxi_rtsp_frames_per_second", found.frames_per_second)
    if found.packets:
        samples.add("nanxi_rtsp_packets_lost_ratio", found.lost / (found.lost + found.packets))


def _status(found: CallUp) -> float:
    if found.signalling_s is not None:
        return 200
    code = found.error.subcode if isinstance(found.error, FaultError) else ""
    return float(code) if code.isdigit() else 0
