"""What we do not know goes back as it came: unknown elements, attributes, order; on every document that we write."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from lab.twin.isapi.documents import factory
from lab.twin.isapi.traits import IsapiTraits
from lab.twin.isapi.tree import SECRET, Element, dump, items, read
from nanxi.devices.converge import converge
from nanxi.devices.declare import aspects_of
from nanxi.devices.errors import FaultError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.http import transport
from nanxi.devices.isapi.document import add_text, set_text
from nanxi.devices.outcome import Verdict
from nanxi.xml import parse
from tests.devices.isapi.bench import device

DEVICES = {
    "hikvision": ({"platform": True}, IsapiTraits(documents="camera"), 1),
    "hikvision-dvr": ({"channels": (1, 2), "platform": True}, IsapiTraits(documents="dvr"), 4),
    "hikvision-nvr": ({"inputs": 2, "platform": True}, IsapiTraits(documents="nvr"), 4),
}
#: Documents that a binding makes anew from the twin's settings, so nothing foreign can be in them.
REBUILT = {"Security/users"}


def strange(document: str) -> str:
    """Return the document with an element that nobody knows at the beginning and the end of each element."""
    root = read(document.encode())
    for element in [one for one in root.iter() if len(one) and not items(one)]:
        first, last = (etree.Element(name, vendor="x") for name in ("strangeFirst", "strangeLast"))
        first.text = last.text = "42"
        element.insert(0, first)
        element.append(last)
    return dump(root)


def shape(element: Element) -> list[str]:
    """Return names and attributes in their order, without what a write may add or exchange."""
    volatile = {*SECRET, "ipAddress", "hostName", "ScheduleAction"}
    told = [f"{one.tag} {dict(one.attrib)}" for one in element if one.tag not in volatile]
    for one in element:
        if one.tag not in volatile:
            told += shape(one)
    return told


@pytest.mark.parametrize("profile", DEVICES)
async def test_strange_elements_stay(profile: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "WINDOW_S", 0.0)
    options, traits, channels = DEVICES[profile]
    made = {
        resource: strange(content)
        for resource, content in factory(traits, channels).items()
        if resource not in REBUILT
    }
    overrides = {"factory": {"isapi": made}}
    async with device(profile, overrides=overrides, **options) as bench:
        guard, aspects = LockoutGuard(tmp_path), aspects_of(bench.job.declared.kind)
        outcome = await converge(bench.job, guard=guard, aspects=aspects)
        assert outcome.verdict is Verdict.CHANGED, outcome.reason
        written = bench.twin.settings.isapi
        changed = {name for name in made if written[name] != made[name]}
        assert {"System/time", "System/deviceInfo", "System/Network/SIP", "System/Network/EZVIZ"} <= changed
        for name in changed - {"ContentMgmt/InputProxy/channels"}:
            assert shape(read(written[name].encode())) == shape(read(made[name].encode())), name


def test_a_new_element_has_the_documents_namespace() -> None:
    root = parse(b'<User xmlns="urn:x" version="2.0"><id>1</id><userName>a</userName><level>b</level></User>')
    add_text(root, "password", "p", after="userName")
    assert [etree.QName(one).localname for one in root] == ["id", "userName", "password", "level"]
    assert etree.QName(root[2]).namespace == "urn:x"


def test_what_a_device_does_not_have_cannot_be_set() -> None:
    with pytest.raises(FaultError, match="has no Video/GovLength"):
        set_text(parse(b"<StreamingChannel><Video/></StreamingChannel>"), 50, "Video", "GovLength")
