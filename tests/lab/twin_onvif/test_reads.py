"""Every operation that reads, of every vendor: allowed, and valid against ONVIF's schema."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from lxml import etree

from lab.twin.profile import PROFILES, Profile, plain_profile
from lab.twin.schema import problem
from lab.twin.services import OPERATIONS
from tests.lab.twin_onvif.client import Sign, call, envelope

READS = yaml.safe_load(Path("tests/cases/twin/reads.yml").read_text("utf-8"))
#: Devices with a media service; recorders have tests of their own (tests/lab/profile_g).
VENDORS = sorted(
    file.stem for file in PROFILES.glob("*.yml") if "trt" in plain_profile(file.stem).traits.services.offers
)


def filled(body: str, profile: Profile) -> str:
    """Return a body with the profile's own tokens."""
    hardware, encoders = profile.hardware, profile.factory.encoders
    return body.format(
        main=hardware.profiles[0].token,
        encoder=encoders[0].token,
        h264=next((item.token for item in encoders if item.codec == "H264"), ""),
        source=hardware.sources[0].token,
        configuration=hardware.sources[0].configuration,
    )


@pytest.mark.parametrize("vendor", VENDORS)
async def test_replies_are_valid(vendor, make_twin):
    twin = await make_twin(vendor)
    wrong = {}
    for operation, body in READS.items():
        reply = await call(twin, operation, filled(body, twin.profile))
        services = twin.traits.services
        if operation.partition(":")[0] not in services.offers or operation in services.missing:
            assert reply.status >= 400
        elif "{h264}" in body and not filled("{h264}", twin.profile):
            assert "ter:NoConfig" in reply.fault
        elif reply.status != 200 or (said := problem(reply.content)):
            wrong[operation] = reply.body if reply.status != 200 else said
    assert not wrong


@pytest.mark.parametrize("operation", READS)
async def test_the_cases_ask_as_the_schema_wants(operation, make_twin):
    twin = await make_twin("generic")
    root = etree.fromstring(envelope(operation, filled(READS[operation], twin.profile)))
    assert problem(root[1][0]) is None


def test_every_read_has_a_case():
    recorders = ("trc", "trv", "tse", "trp")
    reads = {name for name in OPERATIONS if ":Get" in name and not name.startswith(recorders)}
    assert reads == set(READS)


async def test_signs_in_by_http_digest_too(make_twin):
    twin = await make_twin("hikvision")
    reply = await call(twin, "tds:GetUsers", sign=Sign("http-digest"))
    assert reply.status == 200
