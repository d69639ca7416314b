"""What a recorder finds out by itself: its disks, which cameras answer it, what is recorded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from lxml import etree

from lab.twin.clock import as_utc
from lab.twin.isapi.documents import channels_of, kept
from lab.twin.isapi.replies import Problem
from lab.twin.isapi.tree import Element, items, new, read, text
from lab.twin.services.device_clock import utc_offset
from lab.twin.settings import Disk
from lab.twin.twin import Twin
from nanxi.xml import XmlError

CHANNELS = "ContentMgmt/InputProxy/channels"

#: The firmware's words for the state of a disk.
_DISK_WORDS = {
    "ok": "ok",
    "full": "ok",
    "broken": "error",
    "missing": "notexist",
    "unformatted": "unformatted",
}
_MIB_PER_GB = 1e9 / 1024**2
_FILE = timedelta(hours=6)  # how much is in one file


def storage(twin: Twin) -> Element:
    """Tell the disks, in MiB. A full one is ok and has nothing free."""
    root = etree.Element("storage")
    disks = etree.SubElement(root, "hddList")
    disks.extend(_disk(disk) for disk in twin.settings.disks)
    etree.SubElement(root, "nasList")
    etree.SubElement(root, "workMode").text = "quota"
    return root


def _disk(disk: Disk) -> Element:
    return new(
        "hdd",
        id=disk.number,
        hddName=f"hdd{disk.number}",
        hddPath="",
        hddType="SATA",
        status=_DISK_WORDS[disk.status],
        capacity=round(disk.capacity_gb * _MIB_PER_GB),
        freeSpace=round(disk.free_gb * _MIB_PER_GB) if disk.status == "ok" else 0,
        property="RW",
    )


def channel_states(twin: Twin) -> Element:
    """Tell of every camera that was added whether it answers the recorder."""
    root = etree.Element("InputProxyChannelStatusList")
    channels = kept(twin, CHANNELS)
    for channel in items(channels) if channels is not None else ():
        number = int(text(channel, "id"))
        result = _detected(twin, number, channel)
        state = new("InputProxyChannelStatus", id=number, online=result == "online", chanDetectResult=result)
        source = channel.find("sourceInputPortDescriptor")
        if source is not None:
            state.insert(1, source)
        streams = etree.SubElement(state, "streamingProxyChannelIdList")
        streams.extend(_with_text("streamingProxyChannelId", f"{number}{stream:02}") for stream in (1, 2))
        root.append(state)
    return root


def _detected(twin: Twin, number: int, channel: Element) -> str:
    """Return what the recorder sees: the camera must be there and take the password that the recorder was given."""
    source = "sourceInputPortDescriptor/"
    camera = twin.neighbour(text(channel, source + "ipAddress"))
    if camera is None or number in twin.profile.isapi.offline:
        return "networkAbnormal"
    account = camera.user(text(channel, source + "userName"))
    if account is None or account.password != text(channel, source + "password"):
        return "userOrPasswordError"
    return "online"


def search(twin: Twin, body: bytes) -> Element:
    """Find recorded files of one track, the oldest first.

    Times are the device's local ones with a Z behind them, as on real recorders.

    Raises:
        Problem: the request is none.
    """
    try:
        asked = read(body)
        track = int(text(asked, "trackList/trackID") or text(asked, "trackIDList/trackID"))
        since, until = (
            _moment(text(asked, f"timeSpanList/timeSpan/{name}")) for name in ("startTime", "endTime")
        )
        first = int(text(asked, "searchResultPostion") or 0)  # the firmware's own spelling
        most = int(text(asked, "maxResults"))
    except (XmlError, ValueError):
        raise Problem("badXmlContent", "CMSearchDescription") from None
    found = [file for file in _files(twin, track) if file[1] > since and file[0] < until]
    page = found[first : first + min(most, 64)]
    status = "NO MATCHES" if not page else "MORE" if first + len(page) < len(found) else "OK"
    root = new(
        "CMSearchResult",
        searchID=text(asked, "searchID"),
        responseStatus=True,
        responseStatusStrg=status,
        numOfMatches=len(page),
    )
    etree.SubElement(root, "matchList").extend(_match(track, *file) for file in page)
    return root


def _files(twin: Twin, track: int) -> Iterator[tuple[datetime, datetime]]:
    traits, channel = twin.profile.isapi, track // 100
    if channel in traits.not_recorded or not 1 <= channel <= channels_of(twin):
        return
    zone = timezone(utc_offset(twin.settings.clock.timezone))
    end = as_utc(twin.now()).astimezone(zone).replace(tzinfo=None, microsecond=0)
    start = end - timedelta(days=traits.recorded_days)
    while start < end:
        yield start, min(start + _FILE, end)
        start += _FILE


def _match(track: int, start: datetime, end: datetime) -> Element:
    item = new("searchMatchItem", trackID=track)
    item.append(new("timeSpan", startTime=f"{start.isoformat()}Z", endTime=f"{end.isoformat()}Z"))
    item.append(new("mediaSegmentDescriptor", contentType="video", codecType="H.264-BP"))
    return item


def _moment(value: str) -> datetime:
    return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=None)


def _with_text(tag: str, value: str) -> Element:
    element = etree.Element(tag)
    element.text = value
    return element
