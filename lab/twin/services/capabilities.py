"""tds:GetServiceCapabilities and its like: what each service says it can do."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lab.twin.markup import Xml, el
from lab.twin.profile import Profile

#: Longest URI that a receiver takes, characters.
LONGEST_URI = 256


def _device(profile: Profile) -> Xml:
    auth = profile.traits.auth.accepts
    return el(
        "tds:Capabilities",
        el("tds:Network", IPFilter=False, ZeroConfiguration=False, IPVersion6=False, DynDNS=False, NTP=1),
        el(
            "tds:Security",
            UsernameToken=bool(auth & {"wsse-digest", "wsse-text"}),
            HttpDigest="http-digest" in auth,
            DefaultAccessPolicy=True,
            MaxUsers=16,
        ),
        el(
            "tds:System", DiscoveryResolve=False, DiscoveryBye=True, RemoteDiscovery=False, SystemLogging=True
        ),
    )


def _media(profile: Profile) -> Xml:
    return el(
        "trt:Capabilities",
        el("trt:ProfileCapabilities", MaximumNumberOfProfiles=len(profile.hardware.profiles)),
        el("trt:StreamingCapabilities", RTPMulticast=False, RTP_TCP=True, RTP_RTSP_TCP=True),
        SnapshotUri=True,
        Rotation=False,
        OSD=profile.hardware.max_osds > 0,
    )


def _media2(profile: Profile) -> Xml:
    return el(
        "tr2:Capabilities",
        el(
            "tr2:ProfileCapabilities",
            MaximumNumberOfProfiles=len(profile.hardware.profiles),
            ConfigurationsSupported="VideoSource VideoEncoder",
        ),
        el("tr2:StreamingCapabilities", RTSPStreaming=True, RTPMulticast=False, RTP_RTSP_TCP=True),
        SnapshotUri=True,
        Rotation=False,
        OSD=profile.hardware.max_osds > 0,
    )


def _imaging(_: Profile) -> Xml:
    return el("timg:Capabilities", ImageStabilization=False)


def _recording(profile: Profile) -> Xml:
    inputs = profile.hardware.inputs
    return el(
        "trc:Capabilities",
        DynamicRecordings=not profile.traits.recorder.fixed_recordings,
        DynamicTracks=False,
        Encoding="H264 H265 G711",
        MaxRecordings=inputs,
        MaxRecordingJobs=inputs,
        Options=True,
        MetadataRecording=True,
    )


def _receiver(profile: Profile) -> Xml:
    return el(
        "trv:Capabilities",
        RTP_Multicast=False,
        RTP_TCP=True,
        RTP_RTSP_TCP=True,
        SupportedReceivers=profile.hardware.inputs,
        MaximumRTSPURILength=LONGEST_URI,
    )


def _search(_: Profile) -> Xml:
    return el("tse:Capabilities", MetadataSearch=False, GeneralStartEvents=False)


def _replay(_: Profile) -> Xml:
    return el("trp:Capabilities", ReversePlayback=False, SessionTimeoutRange="10 300", RTP_RTSP_TCP=True)


SERVICE_CAPABILITIES: dict[str, Callable[[Profile], Xml]] = {
    "tds": _device,
    "trt": _media,
    "tr2": _media2,
    "timg": _imaging,
    "trc": _recording,
    "trv": _receiver,
    "tse": _search,
    "trp": _replay,
}


#: Services that tds:GetCapabilities tells in its extension, in the order of the schema.
OLD_EXTENSION = {"Recording": "trc", "Search": "tse", "Replay": "trp", "Receiver": "trv"}


def old_extension(profile: Profile, addresses: Mapping[str, str]) -> list[Xml]:
    """Return what tds:GetCapabilities tells of a recorder; ``addresses`` by the names of OLD_EXTENSION."""
    told: dict[str, dict[str, object]] = {
        "Recording": {
            "ReceiverSource": True,
            "MediaProfileSource": False,
            "DynamicRecordings": not profile.traits.recorder.fixed_recordings,
            "DynamicTracks": False,
            "MaxStringLength": 64,
        },
        "Search": {"MetadataSearch": False},
        "Replay": {},
        "Receiver": {
            "RTP_Multicast": False,
            "RTP_TCP": True,
            "RTP_RTSP_TCP": True,
            "SupportedReceivers": profile.hardware.inputs,
            "MaximumRTSPURILength": LONGEST_URI,
        },
    }
    return [
        el(
            f"tt:{name}",
            el("tt:XAddr", address),
            [el(f"tt:{item}", value) for item, value in told[name].items()],
        )
        for name, address in addresses.items()
    ]
