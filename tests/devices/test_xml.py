"""The one XML parser: no entity, no file, no bomb, and the forgiveness that broken firmware needs."""

from __future__ import annotations

import pytest
from lxml import etree

from nanxi import xml
from nanxi.xml import XmlError, parse, self_test


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"   ",
        b"<a>",
        b"<a></b>",
        b"<!-- only a comment -->",
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b"<! doctype a><a/>",
        b'<a><!ENTITY x "y"></a>',
        b"<a>&undefined;</a>",
        b"\xff\xfe<\x00a\x00/\x00>\x00",
        b"\x00<a/>",
        b"<a>\x00</a>",
        b"<a" + b" x" * 10,
        b"<a>" * 5000,
        b"<p:a>",
    ],
)
def test_refused(body: bytes) -> None:
    with pytest.raises(XmlError):
        parse(body)


def test_too_large() -> None:
    with pytest.raises(XmlError, match="over the cap of 10"):
        parse(b"<a>123456</a>", max_bytes=10)


def test_a_prefix_that_nobody_declared_is_forgiven() -> None:
    """O21: faults that use ter: without xmlns:ter."""
    root = parse(b"<a><ter:b>why</ter:b></a>")
    assert "".join(root.itertext()) == "why"


def test_comments_and_instructions_are_dropped() -> None:
    assert len(parse(b"<a><!-- x --><?y z?><b/></a>")) == 1


def test_self_test_passes_here() -> None:
    self_test()


def test_self_test_sees_a_parser_that_reads_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml, "_STRICT", etree.XMLParser(resolve_entities=True, no_network=True))
    with pytest.raises(XmlError, match="lxml 5"):
        self_test()
