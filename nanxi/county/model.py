"""The county's plan as typed data: tiers, units and quotas, networks, classes, policies, address blocks.

Source: 永政办发〔2008〕143号 (the plan) and, for what the law demands today, GB 55029-2022 and State Council
Order 799 (2025). Every model refuses unknown fields, so that a typing error in the YAML is a finding.
"""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="lower-case ASCII name, an Ansible group")
]
ZoneKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")]
Days = Annotated[int, Field(ge=1, le=3650, description="days of 24 h")]


class Strict(BaseModel):
    """Base of the plan's models: immutable, and unknown fields are mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Network(StrEnum):
    """The plan's two networks (六（一）), and no network at all."""

    POLICE = "police"
    PUBLIC = "public"
    STANDALONE = "standalone"


class PointClass(StrEnum):
    """监控点分类 (八): three classes of public points, vehicles, and key units' internal cameras."""

    CLASS_1 = "1"
    CLASS_2 = "2"
    CLASS_3 = "3"
    VEHICLE = "vehicle"
    INTERNAL = "internal"


class Edition(StrEnum):
    """Edition of GB/T 28181 whose code tables apply; digit 14 and industry 43-45 differ between them."""

    E2016 = "2016"
    E2022 = "2022"


class Tier(Strict):
    """One of the four tiers of platforms (六（二）"四级平台、四级管理")."""

    level: Literal[1, 2, 3, 4]
    name: str = Field(description="Chinese name, for example 二级平台")
    operator: str = Field(description="who manages the platform")
    role: str = Field(description="what the platform is for")


class Platform(Strict):
    """One of the plan's two platforms (六（一）3 and 4)."""

    key: Key
    name: str
    network: Network


class NetworkSpec(Strict):
    """One of the two networks."""

    key: Network
    name: str
    transport: str
    internet_allowed: Literal[False] = Field(description="四: 应避免采用互联网直接进行传输")
    code_digits: dict[Edition, frozenset[Annotated[int, Field(ge=0, le=9)]]] = Field(
        description="values of digit 14 of a GB/T 28181 code that stand for this network, by edition"
    )


class Totals(Strict):
    """The plan's numbers of cameras, as printed. The table's own sum is computed, never typed."""

    existing: int = Field(ge=0, description="cameras that stood before the plan (1,276)")
    new_stated: int = Field(ge=0, description="new cameras as the text states (4,000)")
    police_vehicles: int = Field(ge=0, description="police cars to equip within two years (50)")


class Tranche(Strict):
    """What one year must bring, split by class; the plan gives the split for 2008 only."""

    year: int = Field(ge=2000, le=2100)
    by_class: dict[PointClass, Annotated[int, Field(ge=0)]]
    stated: int = Field(ge=0)


class UnitKind(StrEnum):
    """Who a unit of the annex is."""

    TOWNSHIP = "township"
    TRAFFIC_POLICE = "traffic-police"
    FIRE_BRIGADE = "fire-brigade"
    COUNTY = "county"


class Unit(Strict):
    """One row of the annex: a unit (单位) with its quota of new cameras."""

    key: Key
    name: str = Field(description="Chinese name as printed in the annex")
    kind: UnitKind
    tier: Literal[2, 3]
    quota: int = Field(ge=0)
    civil_code: str = Field(pattern=r"^\d{6}$", description="GB/T 2260 administrative division")
    station_code: str = Field(
        pattern=r"^\d{2}$", description="digits 7-8 of the device code, unique in the county"
    )
    industry_code: str = Field(pattern=r"^\d{2}$", description="digits 9-10 of new device codes of the unit")
    aliases: tuple[str, ...] = ()


class Watch(StrEnum):
    """How strongly a class demands live watch or recording."""

    REQUIRED = "required"
    EITHER = "either"  # class 2: live watch or recording
    OPTIONAL = "optional"
    EDGE = "edge"  # vehicles: stored on board


class ClassSpec(Strict):
    """What the plan demands of a class of points (八)."""

    key: PointClass
    name: str
    networks: frozenset[Network] = Field(min_length=1, description="networks a point of this class may be on")
    ready_for: Network | None = Field(default=None, description="network it must be ready to join")
    live_watch: Watch
    recording: Watch
    call_up: bool = Field(description="may be called up by every level")
    counted: bool = Field(description="counts against the quota of 4,000")
    accepted_by: str = Field(description="who accepts a project of this class (十一（六）)")


class Stream(Strict):
    """What an encoder must deliver."""

    codec: Literal["H264", "H265"]
    width: int = Field(gt=0, le=8192)
    height: int = Field(gt=0, le=8192)
    fps: int = Field(gt=0, le=120, description="frames per second")
    bitrate_kbps: int = Field(gt=0, le=100_000, description="upper limit, kbit/s")
    gop: int = Field(gt=0, le=1000, description="frames from key frame to key frame")


class StreamPolicy(Strict):
    """Main stream (recorded) and sub stream (watched and probed) of a class."""

    main: Stream
    sub: Stream


class Profile(Strict):
    """One policy profile: how long recordings are kept, by class."""

    name: str
    source: str = Field(description="the law or document that this profile follows")
    retention_days: dict[PointClass, Days]


class Assignment(Strict):
    """Select a profile for a unit, a class, or a class in a unit. The most specific assignment wins."""

    profile: str
    unit: Key | None = None
    point_class: PointClass | None = Field(default=None, alias="class")
    reason: str


class ClockPolicy(Strict):
    """How far a device's clock may be off, in seconds (domain: 60 % of surveyed systems had wrong time)."""

    warn_s: float = Field(gt=0)
    fail_s: float = Field(gt=0)
    timezone: str = Field(description="POSIX TZ string, China has no daylight saving: CST-8")


class ServiceSet(Strict):
    """Addresses that the devices of one network are told to use."""

    ntp: tuple[IPv4Address, ...] = Field(min_length=1, max_length=2)
    dns: tuple[IPv4Address, ...] = Field(max_length=2)


class SipServer(Strict):
    """The platform that the devices of one network register at by GB/T 28181 (SIP)."""

    server_id: str = Field(pattern=r"^\d{20}$", description="the platform's own 20-digit code")
    domain: str = Field(pattern=r"^\d{10}(\d{10})?$", description="SIP domain, 10 digits, or 20")
    address: IPv4Address
    port: int = Field(default=5060, ge=1, le=65535)


class Policies(Strict):
    """policies.yml: profiles, streams per class, clock, services and access to platforms."""

    profiles: dict[str, Profile]
    default_profile: str
    assignments: tuple[Assignment, ...] = ()
    streams: dict[PointClass, StreamPolicy]
    clock: ClockPolicy
    services: dict[Network, ServiceSet]
    platforms_access: dict[Network, SipServer] = Field(
        default={}, description="GB/T 28181 access per network; none: devices are not told of any platform"
    )


class Scope(StrEnum):
    """Who has a zone: every unit one of its own, or the county a single one."""

    UNIT = "unit"
    COUNTY = "county"


class Zone(Strict):
    """A kind of network segment (zone); what may pass between zones stands in flows.yml."""

    key: ZoneKey
    name: str
    network: Network
    scope: Scope = Scope.UNIT
    vlan: int = Field(
        ge=2, le=4094, description="VLAN that carries the zone on switches, the same everywhere"
    )
    sized_by: Literal["quota", "fixed"]
    hosts: int = Field(ge=0, default=0, description="addresses needed when sized_by is fixed")
    joins_networks: bool = Field(
        default=False, description="sharing gateway: only here may a flow cross from one network to the other"
    )
    foreign: bool = Field(default=False, description="beyond the county: the city, other departments")
    isolated: bool = Field(
        default=False, description="its own stations may not reach one another either: ports are isolated"
    )
    transit: bool = Field(
        default=False, description="gateways forward through it; no flow begins or ends here"
    )


class Service(Strict):
    """What travels: a protocol and the ports of the side that answers."""

    name: str = Field(description="Chinese name for matrix and reports")
    protocol: Literal["tcp", "udp", "icmp"]
    ports: tuple[Annotated[int, Field(ge=1, le=65535)], ...] = Field(
        default=(), description="destination ports; none for icmp, which stands for echo"
    )


class Reach(StrEnum):
    """Between which instances of two unit zones a flow is allowed."""

    UNIT = "unit"  # only inside one unit
    COUNTY = "county"  # from any unit to any unit


class Flow(Strict):
    """One allowed path between zones, from the side that begins to the side that answers. All else is forbidden."""

    key: Key
    source: ZoneKey = Field(alias="from", description="zone of the side that begins")
    target: ZoneKey = Field(alias="to", description="zone of the side that answers")
    services: tuple[str, ...] = Field(min_length=1, description="keys of the services above")
    reach: Reach = Reach.UNIT
    foreign: bool = Field(
        default=False, description="leads to or comes from beyond the county, which whoever signs must see"
    )
    reason: str = Field(
        min_length=4, description="why this path must be open, in Chinese, for those who sign it"
    )


class Flows(Strict):
    """flows.yml: the whole isolation policy. Switch ACLs, gateways, proofs and diagrams are generated from it."""

    services: dict[Key, Service]
    flows: tuple[Flow, ...]


class Addressing(Strict):
    """addresses.yml: where every unit's zones lie. Blocks are pinned: a unit that grows never moves another."""

    headroom: float = Field(ge=0, description="room to spare above the quota, 0.5 means 50 % more")
    supernets: dict[Network, IPv4Network]
    zones: tuple[Zone, ...]
    blocks: dict[Key, dict[ZoneKey, IPv4Network]]


class BoundingBox(Strict):
    """Where the county lies, WGS-84 degrees; a coordinate outside is a mistake."""

    south: float = Field(ge=-90, le=90)
    north: float = Field(ge=-90, le=90)
    west: float = Field(ge=-180, le=180)
    east: float = Field(ge=-180, le=180)


class County(Strict):
    """county.yml: who the customer is and what the plan says in numbers."""

    key: Key
    name: str
    document: str
    civil_code: str = Field(pattern=r"^\d{6}$")
    edition: Edition
    bounding_box: BoundingBox
    totals: Totals
    tranches: tuple[Tranche, ...]
    tiers: tuple[Tier, ...]
    platforms: tuple[Platform, ...]
    networks: tuple[NetworkSpec, ...]
    classes: tuple[ClassSpec, ...]


class Plan(Strict):
    """The whole plan: ``plan/*.yml`` of an inventory, one attribute a file."""

    county: County
    units: tuple[Unit, ...]
    policies: Policies
    addresses: Addressing
    flows: Flows

    def unit(self, key: str) -> Unit:
        """Return the unit named ``key``; KeyError when the plan has none."""
        for unit in self.units:
            if unit.key == key:
                return unit
        raise KeyError(key)

    def class_spec(self, point_class: PointClass) -> ClassSpec:
        """Return what the plan demands of ``point_class``; KeyError when the plan does not say."""
        for spec in self.county.classes:
            if spec.key is point_class:
                return spec
        raise KeyError(point_class)

    def network_spec(self, network: Network) -> NetworkSpec | None:
        """Return the network's description, None for STANDALONE."""
        return next((spec for spec in self.county.networks if spec.key is network), None)

    @property
    def new_by_table(self) -> int:
        """Sum of the annex (4,010 for Yongjia, where the text states 4,000)."""
        return sum(unit.quota for unit in self.units)

    @property
    def total_stated(self) -> int:
        """Existing plus new cameras by the text (5,276)."""
        return self.county.totals.existing + self.county.totals.new_stated

    @property
    def total_by_table(self) -> int:
        """Existing plus new cameras by the annex (5,286)."""
        return self.county.totals.existing + self.new_by_table

    def profile_key_for(self, unit: str, point_class: PointClass) -> str:
        """Return the key of the policy profile that applies to a class in a unit."""
        best_rank, best = -1, self.policies.default_profile
        for item in self.policies.assignments:
            if item.unit not in (None, unit) or item.point_class not in (None, point_class):
                continue
            rank = (2 if item.unit else 0) + (1 if item.point_class else 0)
            if rank > best_rank:
                best_rank, best = rank, item.profile
        return best

    def retention_days(self, unit: str, point_class: PointClass) -> int:
        """Return for how many days recordings of a class in a unit are kept."""
        profile = self.policies.profiles[self.profile_key_for(unit, point_class)]
        return profile.retention_days[point_class]
