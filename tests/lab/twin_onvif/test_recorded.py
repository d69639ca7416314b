"""Twins beside recordings of real devices of the same makes: no element that the real one does not have."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from lab.twin.soap import NAMESPACES
from nanxi.xml import parse
from tests.lab.twin_onvif.client import call
from tests.lab.twin_onvif.test_reads import READS, filled

RECORDINGS = Path("../shared/data/onvif")
MAKES = {"axis": "axis-p3818", "bosch": "bosch-8000i", "hikvision": "hikvision-ds2df7276"}
PREFIXES = {uri: prefix for prefix, uri in NAMESPACES.items()}

#: The recorded Hikvision has its address from DHCP, ours from the installer; picture settings differ by model.
OTHER_SETTINGS = (
    "/NetworkInterfaces/IPv4/Config/Manual",
    "/ImagingSettings/IrCutFilter",
    "/ImagingSettings/Sharpness",
)

pytestmark = [
    pytest.mark.recorded,
    pytest.mark.skipif(not RECORDINGS.is_dir(), reason="no recordings of real devices beside the checkout"),
]


def paths(element: etree._Element, above: str = "") -> set[str]:
    here = f"{above}/{etree.QName(element).localname}"
    return {here}.union(*(paths(child, here) for child in element))


def recorded(make: str) -> dict[str, set[str]]:
    """Return the element paths of every recorded reply, by operation."""
    found: dict[str, set[str]] = {}
    for file in (RECORDINGS / MAKES[make]).rglob("*.xml"):
        content = parse(file.read_bytes()).find("{*}Body/*")
        name = None if content is None else etree.QName(content)
        operation = (
            ""
            if name is None
            else f"{PREFIXES.get(name.namespace)}:{name.localname.removesuffix('Response')}"
        )
        if operation in READS:
            found.setdefault(operation, set()).update(paths(content))
    return found


@pytest.mark.parametrize("make", MAKES)
async def test_a_twin_tells_nothing_that_the_real_one_does_not(make, make_twin):
    twin = await make_twin(make)
    real = recorded(make)
    assert len(real) >= 8
    invented = {}
    for operation, known in real.items():
        reply = await call(twin, operation, filled(READS[operation], twin.profile))
        extra = {
            path
            for path in paths(reply.content) - known
            if not any(known in path for known in OTHER_SETTINGS)
        }
        if extra:
            invented[operation] = extra
    assert not invented
