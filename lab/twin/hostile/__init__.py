"""Behaviours of devices that are broken or mean, by name: one module per family, one function per behaviour."""

# Importing a family registers its behaviours.
from lab.twin.hostile import documents, floods, framing, plain, signin, steering, values  # noqa: F401
from lab.twin.hostile.registry import BEHAVIOURS, Encounter, behaviour, meet
from lab.twin.hostile.rtsp import RTSP_BEHAVIOURS, RtspEncounter, meet_rtsp

__all__ = [
    "BEHAVIOURS",
    "RTSP_BEHAVIOURS",
    "Encounter",
    "RtspEncounter",
    "behaviour",
    "meet",
    "meet_rtsp",
]
