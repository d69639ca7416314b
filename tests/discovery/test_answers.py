"""WS-Discovery's messages: what is asked, and what is made of any answer (tests/cases/discovery/answers)."""

from uuid import UUID

import pytest
from lxml import etree

from nanxi.discovery.probe import TYPES, AnswerError, probe, read_answer
from tests.discovery.conftest import cases

ASKED = "0f0e0d0c-0b0a-4908-8706-050403020100"
ENVELOPE = (
    '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
    ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
    ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery">'
    "<s:Header><a:RelatesTo>{related}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
)


def datagram(case):
    whole = case.get("whole") or ENVELOPE.format(
        related=case.get("related", "urn:uuid:{asked}"), body=case["body"]
    )
    return whole.replace("{asked}", ASKED).replace("{ASKED}", ASKED.upper()).encode()


@cases("answers")
def test_answer(case):
    if "error" in case:
        with pytest.raises(AnswerError, match=case["error"]):
            read_answer(datagram(case), frozenset({ASKED}))
        return
    advert = read_answer(datagram(case), frozenset({ASKED}))
    assert {
        "endpoint": advert.endpoint,
        "types": sorted(advert.types),
        "scopes": list(advert.scopes),
        "hosts": list(advert.hosts),
        "ports": list(advert.ports),
    } == case["advert"]


@pytest.mark.parametrize("types", TYPES)
def test_probe_is_xml_that_declares_the_types_prefix(types):
    root = etree.fromstring(probe(UUID(ASKED), types))
    asked = root.find(".//{*}Types")
    assert asked.text == types
    assert types.partition(":")[0] in asked.nsmap
    assert root.findtext(".//{*}MessageID") == f"urn:uuid:{ASKED}"


def test_a_thousand_scopes_are_not_kept():
    scopes = " ".join(f"onvif://www.onvif.org/name/{number}" for number in range(1000))
    body = f"<d:ProbeMatches><d:ProbeMatch><d:Types>Device</d:Types><d:Scopes>{scopes}</d:Scopes></d:ProbeMatch></d:ProbeMatches>"
    assert len(read_answer(datagram({"body": body}), frozenset({ASKED})).scopes) == 64
