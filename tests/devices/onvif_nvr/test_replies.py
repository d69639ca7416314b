"""Replies as recorders may write them and what we read out of them: one small file a case."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from nanxi.devices.onvif import soap
from nanxi.devices.onvif.inputs import channel_in
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.receiver import Receiver
from nanxi.devices.onvif.recording import Recording
from nanxi.devices.onvif.recording_jobs import Job
from nanxi.devices.onvif.search import Page
from nanxi.devices.onvif.search_events import Turn, TurnPage, gaps_in
from tests.devices.test_requests import REQUESTS

FOLDER = Path("tests/cases/devices/onvif_nvr/replies")
CASES = {file.stem: yaml.safe_load(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.yml"))}
_BY_NAME = {type(item).__name__: item for item in REQUESTS}
_NAMESPACES = " ".join(f'xmlns:{service.prefix}="{service.namespace}"' for service in Service)
_ENVELOPE = (
    '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope" xmlns:tt="http://www.onvif.org/ver10/schema" '
    f"{_NAMESPACES}><e:Body>{{}}</e:Body></e:Envelope>"
)


@pytest.mark.parametrize("name", CASES)
def test_reply(name: str) -> None:
    case: dict[str, Any] = CASES[name]
    content = soap.open_body(_ENVELOPE.format(case["reply"]).encode())
    assert not isinstance(content, soap.Fault)
    found = _BY_NAME[case["request"]].decode(content)
    if isinstance(found, Page):
        told = [
            f"{one.recording} {_iso(one.earliest)} {_iso(one.latest)} {one.growing}" for one in found.held
        ]
        assert [*told, f"more {found.more}"] == case["found"]
    elif isinstance(found, TurnPage):
        turns = [f"{one.recording} {one.track} {_iso(one.when)} {one.present}" for one in found.turns]
        assert [*turns, f"more {found.more}"] == case["found"]
    else:
        assert [_plain(one) for one in (found if isinstance(found, tuple) else (found,))] == case["found"]


@pytest.mark.parametrize(
    ("turns", "gaps"),
    [
        ("+1 -2 +4", ["2-4"]),
        ("+4 -2 +1", ["2-4"]),  # out of order
        ("-2", []),  # the end
        ("-1 -2 +4", ["1-4"]),  # an end told twice
        ("+1 +2 -3 +3 -4", []),  # a new file at the same second is no gap
        ("-1 +2 -3 +4", ["1-2", "3-4"]),
        ("", []),
    ],
)
def test_gaps(turns: str, gaps: list[str]) -> None:
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    read = [Turn("A", "V", noon + timedelta(hours=int(one[1:])), one[0] == "+") for one in turns.split()]
    assert [f"{start.hour - 12}-{end.hour - 12}" for start, end in gaps_in(read)] == gaps


def _plain(found: Any) -> str:
    """Return what was found as a person would write it into a case file."""
    match found:
        case Receiver(token=token, mode=mode, stream=stream):
            login = f"{stream.login.user} {stream.login.password.value}" if stream.login else "None"
            return f"{token} {mode} {stream.plain()} {login}"
        case Recording(token=token, label=label, retention=retention, video_track=track):
            days = None if retention is None else retention.days
            return f"{token} channel {channel_in(found)} {label.name} {days} {track}"
        case Job(token=token, recording=recording, receiver=receiver, active=active):
            return f"{token} {recording} {receiver!r} {active}"
    return str(found)


def _iso(moment: Any) -> str:
    return "None" if moment is None else moment.isoformat()
