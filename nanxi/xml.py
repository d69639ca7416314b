"""The one place where XML from a device is parsed (design D16, goal S4).

A device is hostile until proved otherwise: no DOCTYPE, no entities, no network, a body no larger than the
caller's cap. ``tests/house/test_xml_only_here.py`` bans every other XML parser in the project.
"""

from __future__ import annotations

import re
import tempfile

from lxml import etree

from nanxi.findings import NanxiError

#: Largest XML body that is parsed, in bytes. The largest recorded reply (Bosch GetProfiles) has 67 kB.
MAX_BYTES = 1 << 20

_DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class XmlError(NanxiError):
    """The body is not XML that we are willing to read."""


def _parser(*, recover: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )


# Built once: a new parser costs as much as parsing a small reply.
_STRICT = _parser(recover=False)


def parse(body: bytes, max_bytes: int = MAX_BYTES) -> etree._Element:
    """Return the root element of ``body``.

    A prefix that is not declared is forgiven, because SOAP faults of some firmware forget ``xmlns:ter`` (O21);
    such an element keeps the prefix in its local name.

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
    if b"<!" in body and _DOCTYPE.search(body):
        raise XmlError("body declares a DOCTYPE or an entity")
    try:
        root = etree.fromstring(body, _STRICT)
    except etree.XMLSyntaxError as error:
        if _mistakes(_STRICT):
            raise XmlError(f"not well-formed XML: {error}") from None
        root = _forgive(body)
    except ValueError as error:
        raise XmlError(f"not well-formed XML: {error}") from None
    if root is None:  # lxml gives None for a body of comments only
        raise XmlError("no element in the body")
    if root.getroottree().docinfo.internalDTD:  # written in UTF-7, say, where no search for bytes finds it
        raise XmlError("body declares a DOCTYPE")
    return root


def _forgive(body: bytes) -> etree._Element | None:
    """Parse a body whose first mistake is a prefix that is not declared; any other mistake still counts."""
    parser = _parser(recover=True)
    root = etree.fromstring(body, parser)
    if mistakes := _mistakes(parser):
        raise XmlError(f"not well-formed XML: {mistakes[0]}")
    return root


def _mistakes(parser: etree.XMLParser) -> list[str]:
    """Return what the parser's last run complained of, besides prefixes that are not declared."""
    return [
        entry.message
        for entry in parser.error_log
        if entry.type != etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE
    ]


def self_test() -> None:
    """Prove at start-up that the parsers read no local file through an external entity (XXE).

    lxml below 5 did so by default; Debian 12 ships 4.9. The DOCTYPE check of ``parse`` is left out on purpose.

    Raises:
        XmlError: they do; the process must not talk to devices.
    """
    with tempfile.NamedTemporaryFile(prefix="nanxi-xxe-") as secret:
        secret.write(b"leaked")
        secret.flush()
        sample = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret.name}">]><a>&x;</a>'.encode()
        for parser in (_STRICT, _parser(recover=True)):
            try:
                root = etree.fromstring(sample, parser)
            except etree.XMLSyntaxError:
                continue
            if root is not None and b"leaked" in etree.tostring(root, method="text"):
                raise XmlError("lxml resolves external entities here: install lxml 5 or newer")


if etree.LXML_VERSION < (5,):
    self_test()
