"""Clients that are not ours: onvif-zeep and zeep, curl."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zeep
from zeep.wsse.username import UsernameToken

from lab.twin.schema import wsdl_folder
from lab.twin.services import OPERATIONS
from lab.twin.twin import Twin
from tests.lab.twin_onvif.conftest import PORT
from tests.lab.twin_onvif.test_reads import VENDORS

pytestmark = pytest.mark.foreign

_SERVICES = {
    "tds": ("devicemgmt.wsdl", "{http://www.onvif.org/ver10/device/wsdl}DeviceBinding"),
    "trt": ("media.wsdl", "{http://www.onvif.org/ver10/media/wsdl}MediaBinding"),
    "timg": ("imaging.wsdl", "{http://www.onvif.org/ver20/imaging/wsdl}ImagingBinding"),
    "trc": ("recording.wsdl", "{http://www.onvif.org/ver10/recording/wsdl}RecordingBinding"),
    "trv": ("receiver.wsdl", "{http://www.onvif.org/ver10/receiver/wsdl}ReceiverBinding"),
    "tse": ("search.wsdl", "{http://www.onvif.org/ver10/search/wsdl}SearchBinding"),
    "trp": ("replay.wsdl", "{http://www.onvif.org/ver10/replay/wsdl}ReplayBinding"),
}


@pytest.fixture(scope="module")
def wsdls() -> dict[str, zeep.wsdl.Document]:
    """The WSDLs, read once (O20)."""
    return {prefix: zeep.Client(str(wsdl_folder() / file)).wsdl for prefix, (file, _) in _SERVICES.items()}


def service(wsdls: dict[str, zeep.wsdl.Document], twin: Twin, prefix: str) -> Any:
    account = twin.profile.factory.users[0]
    token = UsernameToken(account.name, account.password, use_digest=True)
    client = zeep.Client(
        wsdls[prefix], wsse=token, transport=zeep.Transport(timeout=10, operation_timeout=10)
    )
    path = getattr(twin.traits.services.paths, prefix)
    return client.create_service(_SERVICES[prefix][1], f"http://{twin.installation.address}:{PORT}{path}")


async def in_thread(function: Callable[..., Any], *arguments: Any) -> Any:
    """Run a blocking client while the fleet serves on this loop."""
    return await asyncio.to_thread(function, *arguments)


@pytest.mark.parametrize("vendor", VENDORS)
async def test_zeep_reads_every_vendor(vendor, make_twin, wsdls):
    # zeep signs with real time and knows nothing of the device's clock.
    twin = await make_twin(vendor, overrides={"traits": {"auth": {"clock_window_s": None}}})
    services = twin.traits.services

    def read() -> dict[str, Any]:
        device, media = service(wsdls, twin, "tds"), service(wsdls, twin, "trt")
        profile = media.GetProfiles()[0]
        setup = {"Stream": "RTP-Unicast", "Transport": {"Protocol": "RTSP"}}
        found = {
            "time": device.GetSystemDateAndTime(),
            "identity": device.GetDeviceInformation(),
            "services": device.GetServices(IncludeCapability=True),
            "hostname": device.GetHostname(),
            "interfaces": device.GetNetworkInterfaces(),
            "gateway": device.GetNetworkDefaultGateway(),
            "protocols": device.GetNetworkProtocols(),
            "ntp": device.GetNTP(),
            "users": device.GetUsers(),
            "scopes": device.GetScopes(),
            "discovery": device.GetDiscoveryMode(),
            "profile": media.GetProfile(profile.token),
            "encoders": media.GetVideoEncoderConfigurations(),
            "options": media.GetVideoEncoderConfigurationOptions(ProfileToken=profile.token),
            "uri": media.GetStreamUri(setup, profile.token).Uri,
            "snapshot": media.GetSnapshotUri(profile.token).Uri,
            "sources": media.GetVideoSources(),
        }
        if "tds:GetCapabilities" not in services.missing:
            found["capabilities"] = device.GetCapabilities("All")
        if "trt:GetOSDs" not in services.missing:
            found["osds"] = media.GetOSDs()
        if "timg" in services.offers:
            found["imaging"] = service(wsdls, twin, "timg").GetImagingSettings(found["sources"][0].token)
        return found

    found = await in_thread(read)
    assert found["identity"].Manufacturer == twin.profile.identity.manufacturer
    assert (
        found["uri"] == f"rtsp://{twin.installation.address}:8554{twin.profile.hardware.profiles[0].stream}"
    )
    assert [user.Username for user in found["users"]] == [user.name for user in twin.profile.factory.users]
    shown = [encoder for encoder in twin.profile.factory.encoders if encoder.codec != "H265"]
    assert [item.Resolution.Width for item in found["encoders"]] == [encoder.width for encoder in shown]


async def test_zeep_writes(make_twin, wsdls):
    twin = await make_twin("generic")

    def write() -> None:
        device, media = service(wsdls, twin, "tds"), service(wsdls, twin, "trt")
        device.SetHostname("shangtang-cam0001")
        device.SetNTP(FromDHCP=False, NTPManual=[{"Type": "IPv4", "IPv4Address": "10.33.255.2"}])
        device.SetSystemDateAndTime(DateTimeType="NTP", DaylightSavings=False, TimeZone={"TZ": "CST-8"})
        device.CreateUsers([{"Username": "recorder", "Password": "Secret-1", "UserLevel": "User"}])
        sub = media.GetVideoEncoderConfigurations()[1]
        sub.Resolution.Width, sub.Resolution.Height = 640, 360
        sub.RateControl.BitrateLimit = 512
        media.SetVideoEncoderConfiguration(sub, ForcePersistence=True)

    await in_thread(write)
    state = twin.settings
    assert state.hostname.name == "shangtang-cam0001"
    assert state.ntp.manual == ("10.33.255.2",)
    assert (state.clock.source, state.clock.timezone) == ("NTP", "CST-8")
    assert [user.name for user in state.users] == ["admin", "recorder"]
    assert (state.encoders[1].width, state.encoders[1].bitrate_kbps) == (640, 512)


#: In a process of its own: importing onvif-zeep changes the process that does it (O22).
_ONVIF_ZEEP = """
import json, sys
from onvif import ONVIFCamera
asked = json.load(sys.stdin)
camera = ONVIFCamera(asked["address"], asked["port"], asked["user"], asked["password"], asked["wsdls"])
media = camera.create_media_service()
print(json.dumps([camera.devicemgmt.GetHostname().Name, len(media.GetProfiles())]))
"""


@pytest.mark.parametrize("vendor", ["generic", "hikvision", "uniview"])
async def test_onvif_zeep(vendor, make_twin):
    twin = await make_twin(vendor)
    account = twin.profile.factory.users[0]
    asked = {"address": str(twin.installation.address), "port": PORT, "wsdls": str(wsdl_folder())}
    asked |= {"user": account.name, "password": account.password}

    def look() -> str:
        command = [sys.executable, "-c", _ONVIF_ZEEP]
        return subprocess.run(
            command, input=json.dumps(asked), capture_output=True, text=True, check=True, timeout=60
        ).stdout

    assert json.loads(await in_thread(look)) == [twin.settings.hostname.name, 2]


async def test_zeep_stumbles_over_a_malformed_fault(make_twin, wsdls):
    twin = await make_twin("generic", ("O21",))
    with pytest.raises(zeep.exceptions.XMLParseError, match="No namespace defined for 'ter'"):
        await in_thread(lambda: service(wsdls, twin, "trt").GetProfile("no such token"))


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
async def test_curl_digest(algorithm, make_twin, tmp_path: Path):
    twin = await make_twin("generic", overrides={"traits": {"auth": {"algorithms": [algorithm]}}})
    assert await in_thread(curl_snapshot, twin, tmp_path, "admin") == (200, "image/jpeg")
    assert await in_thread(curl_snapshot, twin, tmp_path, "wrong") == (401, "text/html; charset=utf-8")
    assert twin.counts["login refused"] == 1


def curl_snapshot(twin: Twin, folder: Path, password: str) -> tuple[int, str]:
    """Fetch a snapshot with HTTP Digest; the password goes in by a file, not by the command line."""
    config = folder / "curlrc"
    config.write_text(f'user = "admin:{password}"\n')
    told = subprocess.run(
        [
            *("curl", "--silent", "--digest", "--config", str(config), "--output", "/dev/null"),
            *("--write-out", '{"status": %{http_code}, "type": "%{content_type}"}', "--max-time", "10"),
            f"http://{twin.installation.address}:{PORT}/onvif/snapshot",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    seen = json.loads(told.stdout)
    return seen["status"], seen["type"]


def test_every_operation_of_the_table_is_in_a_wsdl(wsdls):
    known = {
        f"{prefix}:{operation}"
        for prefix, (_, binding) in _SERVICES.items()
        for operation in wsdls[prefix].bindings[binding]._operations
    }
    assert {name for name in OPERATIONS if not name.startswith("tr2:")} <= known
