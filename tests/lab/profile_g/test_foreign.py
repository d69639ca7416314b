"""onvif-zeep, which is not ours, makes a channel of a recorder and reads it back through all four services."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from lab.twin.schema import wsdl_folder
from tests.lab.profile_g.conftest import MakeSite
from tests.lab.twin_onvif.conftest import PORT

pytestmark = pytest.mark.foreign

CLIENT = Path(__file__).with_name("onvif_zeep_client.py")


async def test_onvif_zeep_makes_a_channel_and_reads_it_back(make_site: MakeSite) -> None:
    # onvif-zeep signs with its own time, so the twin may not look at it.
    site = await make_site(overrides={"traits": {"auth": {"clock_window_s": None}}})
    host, uri = str(site.twin.installation.address), site.filled("rtsp://admin:admin@<camera1/>/stream1")
    asked = {"host": host, "port": PORT, "user": "admin", "password": "admin", "uri": uri}
    asked["wsdls"] = str(wsdl_folder())

    def drive() -> str:
        ran = subprocess.run(
            [sys.executable, str(CLIENT)],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    assert json.loads(await asyncio.to_thread(drive)) == {
        "recordings": ["上塘1号"],
        "kept_s": 30 * 86400,
        "receivers": [uri],
        "receiver": "Connected",
        "job": ["Active", "VIDEO001"],
        "search": ["Completed", "Recording", "2026-09-21 14:13:32+00:00"],
        "summary": 1,
        "replay": f"rtsp://{host}:8554/replay/Recording_1",
        "timeout_s": 60,
        "capabilities": 2,
        "left": [0, 0],
    }
