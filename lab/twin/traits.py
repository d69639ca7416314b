"""How a firmware behaves, apart from its settings: one model per concern, one field per behaviour.

Quirk files (``quirks/O*.yml``) set these fields; the identifiers in the descriptions are those of the quirks.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from lab.twin.strict import Strict

Scheme = Literal["wsse-digest", "wsse-text", "http-digest"]
Service = Literal["tds", "trt", "tr2", "timg", "trc", "trv", "tse", "trp"]


class Refusal(Strict):
    """What a client without valid credentials gets to see."""

    status: int = Field(
        default=400, description="HTTP status of a refused UsernameToken: 400, 401 or 500 (O9)"
    )
    body: Literal["fault", "bare-sender", "html"] = "fault"


class LockOut(Strict):
    """After how many wrong passwords an account is locked, and for how long (O7)."""

    after: int = Field(ge=1)
    minutes: float = Field(gt=0)
    tells_attempts: bool = Field(default=False, description='"You still have N attempt(s)" in the fault')


class AuthTraits(Strict):
    """Who gets in, and how."""

    accepts: frozenset[Scheme] = frozenset({"wsse-digest", "http-digest"})
    requires_both: bool = Field(
        default=False, description="a UsernameToken alone does not do, nor does HTTP Digest"
    )
    clock_window_s: float | None = Field(default=None, description="largest age of Created, seconds (O1)")
    created_in_utc: bool = Field(default=True, description="Created without Z is refused (O8)")
    refuses_replays: bool = Field(default=True, description="a nonce counts once")
    protects: frozenset[str] = Field(
        default=frozenset(), description="PRE_AUTH operations that ask anyway (O2)"
    )
    algorithms: tuple[Literal["MD5", "SHA-256"], ...] = ("MD5",)
    nonce_per_request: bool = Field(default=False, description="every HTTP Digest nonce counts once")
    nonce_lifetime_s: float = 300.0
    refusal: Refusal = Refusal()
    lock_out: LockOut | None = None


class ClockTraits(Strict):
    """What the firmware makes of time."""

    timezones: Literal["posix", "no-dst", "fixed"] = Field(
        default="posix",
        description="no-dst refuses zones with a daylight saving rule (O12), fixed ignores all (O13)",
    )
    tells_local_time: bool = Field(default=True, description="LocalDateTime is present (O13)")
    resets_on_reboot: bool = Field(
        default=False, description="no battery: a reboot brings the factory's offset (O1)"
    )
    ntp_settles_s: float = Field(
        default=0.0, ge=0, description="time from setting NTP until the clock is right"
    )
    dhcp_ntp_answers: bool = Field(default=True, description="false: the DHCP server offers a dead one (O16)")


class Paths(Strict):
    """Where the services are."""

    tds: str = "/onvif/device_service"
    trt: str = "/onvif/Media"
    tr2: str = "/onvif/Media2"
    timg: str = "/onvif/Imaging"
    trc: str = "/onvif/Recording"
    trv: str = "/onvif/Receiver"
    tse: str = "/onvif/Search"
    trp: str = "/onvif/Replay"

    def lead_to_a_service(self, path: str) -> bool:
        """Return whether requests to ``path`` are SOAP's; firmware does not mind which service's path it is."""
        return path in self.__dict__.values()


class ServiceTraits(Strict):
    """What the device offers."""

    offers: frozenset[Service] = frozenset({"tds", "trt", "tr2", "timg"})
    missing: frozenset[str] = Field(
        default=frozenset(), description="operations that the firmware does not know"
    )
    paths: Paths = Paths()
    advertises: str | None = Field(
        default=None, description="host in XAddr and stream URIs, instead of ours (O10)"
    )


class SoapTraits(Strict):
    """How the device writes and reads XML."""

    unsupported: Literal[
        "action-not-supported",
        "optional-not-implemented",
        "action-failed",
        "bare-receiver",
        "bare-sender",
        "tag-mismatch",
        "html",
    ] = Field(default="action-not-supported", description="how an unknown operation is refused")
    strict: bool = Field(
        default=False, description="requests must be valid against the schema, order too (O15)"
    )
    ter_undeclared: bool = Field(
        default=False, description="faults use the prefix ter without declaring it (O21)"
    )
    mac_format: Literal["colons", "dashes", "bare"] = "colons"


class SetTraits(Strict):
    """What becomes of a write."""

    ignores: frozenset[str] = Field(
        default=frozenset(), description="sections whose writes answer OK and do nothing"
    )
    out_of_range: Literal["fault", "clamp"] = Field(
        default="fault", description="an encoder value beyond the options"
    )
    omits: frozenset[Literal["gop", "multicast"]] = Field(
        default=frozenset(), description="elements of an encoder configuration that the firmware leaves out"
    )


class Freeze(Strict):
    """Too many requests in too short a time freeze the device (O18)."""

    requests: int = Field(ge=1)
    within_s: float = Field(gt=0)
    for_s: float = Field(gt=0)


class Misbehaviour(Strict):
    """A named behaviour of ``lab.twin.hostile`` and the operations that meet it (none named: every request)."""

    behaviour: str
    operations: frozenset[str] = frozenset()
    options: dict[str, float | str] = Field(default_factory=dict)


class RecorderTraits(Strict):
    """How a recorder (Profile G) does its work."""

    fixed_recordings: bool = Field(
        default=False, description="one recording a channel from the factory on, none can be made or deleted"
    )
    tells_passwords: bool = Field(default=True, description="GetReceivers shows the URI with its password")
    search_pages: int = Field(
        default=16, ge=1, description="results that one GetRecordingSearchResults holds"
    )


class DiscoveryTraits(Strict):
    """What a probe of WS-Discovery gets; where it says it is follows from ``services.advertises`` (O10)."""

    replies: Literal["matches", "nothing", "garbage", "fault", "doctype"] = "matches"
    copies: int = Field(default=1, ge=1, description="how often each answer is sent")
    repeats_message_id: bool = Field(default=False, description="the answer has the probe's own MessageID")
    tells_mac: bool = Field(default=False, description="a scope MAC/xx:xx:xx:xx:xx:xx, as Hikvision has it")


class Traits(Strict):
    """All of it."""

    auth: AuthTraits = AuthTraits()
    clock: ClockTraits = ClockTraits()
    services: ServiceTraits = ServiceTraits()
    soap: SoapTraits = SoapTraits()
    set: SetTraits = SetTraits()
    recorder: RecorderTraits = RecorderTraits()
    discovery: DiscoveryTraits = DiscoveryTraits()
    freeze: Freeze | None = None
    misbehaves: tuple[Misbehaviour, ...] = ()
    boot_s: float = Field(default=2.0, ge=0, description="how long a reboot keeps the device silent")
