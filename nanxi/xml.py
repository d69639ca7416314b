"""The one place where XML from a device is parsed (design D16, goal S4).

A device is hostile until proved otherwise: no DOCTYPE, no entities, no network, a body no larger than the
caller's cap. ``tests/house/test_xml_only_here.py`` bans every other XML parser in the project.
"""

from __future__ import annotations

import re

from lxml import etree

from nanxi.findings import NanxiError

#: Largest XML body that is parsed, in bytes. The largest recorded reply (Bosch GetProfiles) has 67 kB.
MAX_BYTES = 1 << 20

_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class XmlError(NanxiError):
    """The body is not XML that we are willing to read."""


def parse(body: bytes, max_bytes: int = MAX_BYTES) -> etree._Element:
    """Return the root element of ``body``.

    Raises:
        XmlError: the body is empty, larger than ``max_bytes``, not UTF-8/ASCII compatible, declares a DOCTYPE
            or entity, or is not well formed.
    """
    if not body:
        raise XmlError("empty body")
    if len(body) > max_bytes:
        raise XmlError(f"body of {len(body)} bytes is over the cap of {max_bytes}")
    # UTF-16 or UTF-32 would hide a DOCTYPE from the next check; no device of the field sends them.
    if body[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in body[:64]:
        raise XmlError("body is not in an ASCII-compatible encoding")
    if _DOCTYPE.search(body):
        raise XmlError("body declares a DOCTYPE or an entity")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise XmlError(f"not well-formed XML: {error}") from None
    if root is None:  # lxml gives None for a body of comments only
        raise XmlError("no element in the body")
    return root
