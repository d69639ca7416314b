"""The register (一机一档) as typed rows: one model per kind of device, one field per CSV column.

``title`` is the Chinese column header that people see in Excel and WPS; a file may use the English field names
instead. Mandatory columns and their meaning follow the police's 73-column template (see ``template.py``).
"""

from __future__ import annotations

from enum import StrEnum
from ipaddress import IPv4Address
from typing import ClassVar, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

from nanxi.county.model import Network, PointClass
from nanxi.register.cells import Code, Day, Flag, Mac, OriginalCode, Text, Vendor


class State(StrEnum):
    """State of a device: planned -> installed -> trial -> accepted -> retired, with repair beside them."""

    PLANNED = "planned"
    INSTALLED = "installed"
    TRIAL = "trial"
    ACCEPTED = "accepted"
    REPAIR = "repair"
    RETIRED = "retired"


#: States in which a playbook may touch the device.
TOUCHABLE = frozenset({State.INSTALLED, State.TRIAL, State.ACCEPTED})


class Kind(StrEnum):
    """Kind of device; the value is the file name in a unit's folder of the register."""

    CAMERA = "cameras"
    ENCODER = "encoders"
    NVR = "nvrs"
    SWITCH = "switches"
    HOST = "hosts"


class Management(StrEnum):
    """Whether Nanxi may write to the device or only watch it (existing devices before their take-over)."""

    MANAGED = "managed"
    OBSERVED = "observed"


class Datum(StrEnum):
    """Reference of a coordinate; Chinese map pickers give GCJ-02 or BD-09, 100-700 m off WGS-84."""

    WGS84 = "WGS84"
    GCJ02 = "GCJ02"
    BD09 = "BD09"


DriverName = Literal["onvif", "isapi", "switch", "linux", "none"]


class Device(BaseModel):
    """What every kind of device in the register has.

    ``unit`` comes from the folder and ``line`` from the file; neither is a column.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    kind: ClassVar[Kind]
    prefix: ClassVar[str]  # of the Ansible host name
    digits: ClassVar[int]  # of the serial in the host name

    unit: str = Field(exclude=True)
    line: int = Field(exclude=True, default=0)

    serial: int = Field(title="序号", ge=1, le=9999, description="running number in the unit and kind")
    code: Code = Field(
        title="设备编码", description="GB/T 28181 code, 20 digits; 18 digits are accepted as legacy"
    )
    name: Text = Field(title="设备名称", min_length=1)
    state: State = Field(title="设备状态")
    management: Management = Field(title="管理方式", default=Management.MANAGED)
    vendor: Vendor = Field(
        title="设备厂商", description="hikvision, dahua, uniview, axis, bosch, ..., or generic"
    )
    model: Text = Field(title="设备型号", default="")
    driver: DriverName = Field(title="驱动", default="onvif")
    serial_number: Text = Field(title="出厂序列号", default="")
    mac: Mac = Field(title="MAC地址", default="", description="XX-XX-XX-XX-XX-XX (GB/T 28181-2022)")
    ipv4: IPv4Address | None = Field(
        title="IPv4地址", default=None, description="in the unit's block of the address plan"
    )
    http_port: int = Field(title="访问端口", default=80, ge=1, le=65535)
    rtsp_port: int = Field(title="RTSP端口", default=554, ge=1, le=65535)
    network: Network = Field(title="接入网络")
    tier: Literal[1, 2, 3, 4] | None = Field(
        title="所属平台级别", default=None, description="empty: the unit's tier"
    )
    switch: Text = Field(title="接入交换机", default="", description="host name of a switch of the register")
    switch_port: Text = Field(title="交换机端口", default="")
    original_code: OriginalCode = Field(title="原设备编码", default="")
    installed_on: Day | None = Field(title="启用时间", default=None)
    retired_on: Day | None = Field(title="报废时间", default=None)
    builder: Text = Field(title="承建单位", default="")
    maintainer: Text = Field(title="维护单位", default="")
    remark: Text = Field(title="备注", default="")

    @property
    def host(self) -> str:
        """Ansible host name, for example ``shangtang-cam0007``."""
        return f"{self.unit}-{self.prefix}{self.serial:0{self.digits}d}"

    @property
    def spoken_to(self) -> bool:
        """Whether anything speaks to the device itself, as far as its wiring goes."""
        return self.driver != "none"

    @property
    def pictured(self) -> bool:
        """Whether there is a stream of it, of its own or at its encoder."""
        return False

    @property
    def touchable(self) -> bool:
        """Whether a playbook may contact the device at all."""
        return self.state in TOUCHABLE


class Camera(Device):
    """A camera (131 or 132 of GB/T 28181), or a vehicle's mobile unit (138)."""

    kind = Kind.CAMERA
    prefix = "cam"
    digits = 4

    point_class: PointClass = Field(title="监控点位类型")
    place: Text = Field(title="点位俗称", description="place name shown by the OSD")
    address: Text = Field(title="安装地址", default="")
    landmark: Text = Field(title="周边标志", default="")
    longitude: float | None = Field(
        title="经度", default=None, description="degrees east", ge=-180, le=180, allow_inf_nan=False
    )
    latitude: float | None = Field(
        title="纬度", default=None, description="degrees north", ge=-90, le=90, allow_inf_nan=False
    )
    datum: Datum = Field(title="坐标系", default=Datum.WGS84)
    pole: Text = Field(title="立杆编号", default="")
    orientation: Literal["", "1", "2", "3", "4", "5", "6", "7", "8"] = Field(title="监控方位", default="")
    indoor: Flag = Field(
        title="室内", default=False, description="annex rule 九（一）: indoor points do not count"
    )
    camera_type: Literal["", "1", "2", "3", "4", "5", "6", "7"] = Field(title="摄像机类型", default="")
    lens_type: Text = Field(title="镜头类型", default="")
    supplement_light: Text = Field(title="补光属性", default="")
    counted: Flag = Field(
        title="计入任务数", default=True, description="false: existing before the plan (1,276)"
    )
    encoder: Text = Field(
        title="关联编码器", default="", description="host name of an encoder of the register"
    )
    channel: int | None = Field(title="通道号", default=None, ge=1, le=512)
    nvr: Text = Field(
        title="存储设备",
        default="",
        description="host name of an NVR of the register; of a vehicle's camera: of the host on board that records it",
    )
    nvr_channel: int | None = Field(title="存储通道号", default=None, ge=1, le=512)
    owner: Text = Field(title="建设单位", default="")
    manager: Text = Field(title="管理单位", default="")
    department: Text = Field(title="所属部门", default="")
    admin_name: Text = Field(title="管理员姓名", default="")
    admin_phone: Text = Field(title="管理员联系电话", default="")
    police_station: Text = Field(title="所属辖区公安机关", default="")
    collection_area: Text = Field(title="采集区域类型", default="")

    @property
    def spoken_to(self) -> bool:
        """An analog camera is seen and set up through its encoder."""
        return super().spoken_to and not self.encoder

    @property
    def pictured(self) -> bool:
        """An analog camera's stream is a channel of its encoder."""
        return bool(self.encoder) or self.spoken_to


class Encoder(Device):
    """A video encoder or DVR with analog inputs (111-113)."""

    kind = Kind.ENCODER
    prefix = "enc"
    digits = 2

    channels: int = Field(title="通道数", ge=1, le=512)


class Nvr(Device):
    """A network video recorder (118)."""

    kind = Kind.NVR
    prefix = "nvr"
    digits = 2

    channels: int = Field(title="通道数", ge=1, le=512)
    disks: int = Field(title="硬盘数", ge=0, le=64, default=0)
    capacity_gb: int = Field(title="容量GB", ge=0, default=0)


class Switch(Device):
    """An access switch."""

    kind = Kind.SWITCH
    prefix = "sw"
    digits = 2

    driver: DriverName = Field(title="驱动", default="switch")
    http_port: int = Field(title="访问端口", default=22, ge=1, le=65535, description="a switch's SSH port")
    platform: Literal["huawei_vrp", "hp_comware", "ruijie_os", "cisco_ios"] = Field(title="操作系统")
    uplink: Text = Field(title="上联端口", default="")
    ports: int = Field(title="端口数", ge=1, le=512, default=24)


Role = Literal["gateway", "recorder", "monitor", "mobile_recorder", "controller"]
ROLES: tuple[Role, ...] = get_args(Role)


class Host(Device):
    """A Linux host: gateway, recorder, monitor."""

    kind = Kind.HOST
    prefix = "host"
    digits = 2

    driver: DriverName = Field(title="驱动", default="linux")
    role: Role = Field(title="角色")


MODELS: dict[Kind, type[Device]] = {model.kind: model for model in (Camera, Encoder, Nvr, Switch, Host)}
