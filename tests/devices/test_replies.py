"""Replies as devices write them and what we read out of them: one small file a case."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from nanxi.devices.onvif import soap
from nanxi.devices.onvif.encoder import assign_roles
from nanxi.devices.onvif.sources import VideoSource, order_of
from tests.devices.test_requests import REQUESTS

FOLDER = Path(__file__).parents[1] / "cases/devices/onvif/replies"
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}
_BY_NAME = {type(item).__name__: item for item in REQUESTS}
_ENVELOPE = (
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema"'
    ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl"'
    ' xmlns:tr2="http://www.onvif.org/ver20/media/wsdl"><e:Body>{}</e:Body></e:Envelope>'
)


@pytest.mark.parametrize("name", CASES)
def test_reply(name: str) -> None:
    case: dict[str, Any] = CASES[name]
    content = soap.open_body(_ENVELOPE.format(case["reply"]).encode())
    assert not isinstance(content, soap.Fault)
    assert _plain(_BY_NAME[case["request"]].decode(content)) == case["found"]


def _plain(found: Any) -> Any:
    """Return what was found as a person would write it into a case file."""
    if isinstance(found, tuple) and found and hasattr(found[0], "encoder"):  # profiles
        channels = order_of((profile.source for profile in found), ())
        told = [
            f"{e.role} {e.token} {e.codec} {e.width}x{e.height} {e.fps:g} {e.bitrate_kbps} {e.gop}"
            + (f" of channel {e.channel}" if e.channel != 1 else "")
            for e in assign_roles(found, channels)
        ]
        return {"profiles": len(found), "encoders": told}
    if isinstance(found, tuple) and found and isinstance(found[0], tuple):  # overlays with their elements
        return [f"{osd.token} {osd.kind} {osd.text!r}" for osd, _element in found]
    if isinstance(found, tuple) and found and isinstance(found[0], VideoSource):
        return [f"{source.token} {'present' if source.present else 'lost'}" for source in found]
    return str(found)
