"""Every request that we send is valid against ONVIF's own schema, as onvif-zeep ships it (O15).

Media2 is not among those WSDLs; the twin's schema of it was written from the specification by somebody else.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from lab.twin import schema
from nanxi.devices.driver import Credential, Secret
from nanxi.devices.onvif import (
    clock,
    device,
    media,
    media2,
    network,
    osd,
    receiver,
    recording,
    recording_jobs,
    request,
    search,
    search_events,
    services,
    soap,
    sources,
    stream,
    users,
)
from nanxi.devices.state import Encoder
from nanxi.devices.values import child
from nanxi.xml import parse

WANTED = Encoder("main", "p", "e1", "v", "H264", 1280, 720, 25.0, 2048, 50)
TT = 'xmlns:tt="http://www.onvif.org/ver10/schema"'
BARE = parse(f'<C {TT} token="e1"><tt:Name>n</tt:Name><tt:UseCount>1</tt:UseCount></C>'.encode())
MEDIA1 = parse(
    f"""<x:Configuration xmlns:x="http://www.onvif.org/ver10/media/wsdl" {TT} token="e1">
    <tt:Name>n</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>JPEG</tt:Encoding>
    <tt:Resolution><tt:Width>1</tt:Width><tt:Height>1</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality>
    <tt:RateControl><tt:FrameRateLimit>1</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>
    <tt:BitrateLimit>1</tt:BitrateLimit></tt:RateControl>
    <tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>239.1.2.3</tt:IPv4Address></tt:Address>
    <tt:Port>8600</tt:Port><tt:TTL>1</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>
    <tt:SessionTimeout>PT5S</tt:SessionTimeout></x:Configuration>""".encode()
)
MEDIA2 = parse(
    f"""<y:Configurations xmlns:y="http://www.onvif.org/ver20/media/wsdl" {TT} token="e1" GovLength="9" Profile="High">
    <tt:Name>n</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>H265</tt:Encoding>
    <tt:Resolution><tt:Width>1</tt:Width><tt:Height>1</tt:Height></tt:Resolution>
    <tt:RateControl ConstantBitRate="true"><tt:FrameRateLimit>1</tt:FrameRateLimit>
    <tt:BitrateLimit>1</tt:BitrateLimit></tt:RateControl><tt:Quality>4</tt:Quality></y:Configurations>""".encode()
)
OVERLAY = parse(
    f"""<z:OSDs xmlns:z="http://www.onvif.org/ver10/media/wsdl" {TT} token="o1">
    <tt:VideoSourceConfigurationToken>v</tt:VideoSourceConfigurationToken><tt:Type>Text</tt:Type>
    <tt:Position><tt:Type>Custom</tt:Type><tt:Pos x="0.4" y="-0.6"/></tt:Position>
    <tt:TextString><tt:Type>Plain</tt:Type><tt:FontSize>32</tt:FontSize><tt:Extension/></tt:TextString></z:OSDs>""".encode()
)
PLACE = '上塘 <A&B> "东门"'
PASSWORD = Secret("<&\"'>]]>")
STREAM = receiver.Stream("10.0.0.1", 554, "/a?b=1&c=2", Credential("recorder", PASSWORD))
LABEL = recording.Label("urn:nanxi:input:1", PLACE, "33032401001320000001", STREAM.plain())
RECEIVER = receiver.Receiver(
    "r",
    "NeverConnect",
    STREAM,
    parse(
        f"""<C {TT}><tt:Mode>NeverConnect</tt:Mode><tt:MediaUri>rtsp://x/</tt:MediaUri><tt:StreamSetup>
        <tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>UDP</tt:Protocol></tt:Transport>
        </tt:StreamSetup></C>""".encode()
    ),
)
RECORDING = recording.Recording(
    "a",
    LABEL,
    None,
    "VIDEO001",
    parse(
        f"""<C {TT}><tt:Source><tt:SourceId/><tt:Name>n</tt:Name><tt:Location>l</tt:Location><tt:Description/>
        <tt:Address/></tt:Source><tt:Content>c</tt:Content><tt:MaximumRetentionTime>PT0S</tt:MaximumRetentionTime>
        </C>""".encode()
    ),
)
REQUESTS: list[request.Request[object]] = [
    clock.GetSystemDateAndTime(),
    clock.SetSystemDateAndTime("CST-8"),
    clock.SetSystemDateAndTime("CST-8", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    clock.GetNTP(),
    clock.SetNTP(("10.0.0.1", "ntp.example", "fe80::1")),
    clock.SetNTP(()),
    device.GetDeviceInformation(),
    device.GetServices(),
    device.GetCapabilities(),
    device.GetHostname(),
    device.SetHostname("shangtang-cam0001"),
    network.GetDNS(),
    network.SetDNS(("10.0.0.1",)),
    network.GetNetworkInterfaces(),
    network.SetNetworkInterfaces("eth0", "10.0.0.2", 24),
    network.GetNetworkDefaultGateway(),
    network.SetNetworkDefaultGateway("10.0.0.1"),
    services.GetNetworkProtocols(),
    services.SetNetworkProtocols((("HTTPS", False, (443,)), ("RTSP", True, ()))),
    services.GetDiscoveryMode(),
    services.SetDiscoveryMode(discoverable=False),
    users.GetUsers(),
    users.CreateUsers("recorder", PASSWORD, "User"),
    users.SetUser("admin", PASSWORD, "Administrator"),
    media.GetProfiles(),
    media.GetVideoEncoderConfiguration("e1"),
    media.GetVideoEncoderConfigurationOptions("e1"),
    media.SetVideoEncoderConfiguration(MEDIA1, WANTED),
    media.SetVideoEncoderConfiguration(BARE, WANTED),
    sources.GetVideoSources(),
    media2.GetProfiles2(),
    media2.GetVideoEncoderConfigurations2("e1"),
    media2.GetVideoEncoderConfigurationOptions2("e1"),
    media2.SetVideoEncoderConfiguration2(MEDIA2, WANTED),
    media2.SetVideoEncoderConfiguration2(BARE, WANTED),
    osd.GetOSDs(),
    osd.GetOSDs2(),
    osd.CreateOSD("v", "UpperLeft", None),
    osd.CreateOSD2("v", "LowerLeft", PLACE),
    osd.SetOSD(OVERLAY, PLACE),
    osd.SetOSD2(OVERLAY, PLACE),
    stream.GetStreamUri("p"),
    stream.GetStreamUri2("p"),
    receiver.GetReceivers(),
    receiver.GetReceiverState("r"),
    receiver.GetReceiverLimit(),
    receiver.CreateReceiver(STREAM),
    receiver.ConfigureReceiver(RECEIVER, STREAM),
    receiver.DeleteReceiver("r"),
    recording.GetRecordings(),
    recording.CreateRecording(LABEL, timedelta(days=30)),
    recording.SetRecordingConfiguration(RECORDING, LABEL, timedelta(days=30)),
    recording.SetRecordingConfiguration(RECORDING, LABEL, None),
    recording_jobs.GetRecordingJobs(),
    recording_jobs.GetRecordingJobState("j"),
    recording_jobs.CreateRecordingJob("a", "r", "VIDEO001"),
    recording_jobs.SetRecordingJobMode("j", active=True),
    recording_jobs.DeleteRecordingJob("j"),
    search.FindRecordings(),
    search.GetRecordingSearchResults("s"),
    search.EndSearch("s"),
    search_events.FindEvents(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    search_events.GetEventSearchResults("s"),
]


def sent(request_: request.Request[object]) -> etree._Element:
    body = child(parse(soap.envelope(request_.body())), "Body")
    assert body is not None
    return body[0]


@pytest.mark.parametrize("number", range(len(REQUESTS)), ids=lambda number: type(REQUESTS[number]).__name__)
def test_valid(number: int) -> None:
    assert schema.problem(sent(REQUESTS[number])) is None


def test_every_operation_is_here() -> None:
    # By name: a dataclass with slots leaves its first edition behind among the subclasses.
    def operations(kind: type) -> set[str]:
        own = {kind.__name__} if hasattr(kind, "operation") and not kind.__name__.startswith("_") else set()
        return own.union(*(operations(heir) for heir in kind.__subclasses__()))

    assert operations(request.Request) == {type(item).__name__ for item in REQUESTS}


def test_what_is_not_ours_goes_back_as_it_came() -> None:
    element = sent(media.SetVideoEncoderConfiguration(MEDIA1, WANTED))
    assert element.findtext(".//{*}Multicast/{*}Address/{*}IPv4Address") == "239.1.2.3"
    assert element.findtext(".//{*}SessionTimeout") == "PT5S"
    assert element.findtext(".//{*}Quality") == "4"


def test_text_survives_escaping() -> None:
    element = sent(osd.SetOSD(OVERLAY, PLACE))
    assert element.findtext(".//{*}PlainText") == PLACE
    assert sent(users.SetUser("a", PASSWORD, "User")).findtext(".//{*}Password") == PASSWORD.value
