"""tds:GetServiceCapabilities and its like: what each service says it can do."""

from __future__ import annotations

from collections.abc import Callable

from lab.twin.markup import Xml, el
from lab.twin.profile import Profile


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


SERVICE_CAPABILITIES: dict[str, Callable[[Profile], Xml]] = {
    "tds": _device,
    "trt": _media,
    "tr2": _media2,
    "timg": _imaging,
}
