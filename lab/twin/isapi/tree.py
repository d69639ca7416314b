"""XML documents without namespaces: read, written out, compared."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from nanxi.xml import parse

Element = etree._Element  # noqa: SLF001 - lxml exports no public name for the type

#: Elements that a device takes and never tells.
SECRET = frozenset({"password", "loginPassword"})


def read(body: bytes) -> Element:
    """Return the root of a document, its namespaces taken off.

    Raises:
        nanxi.xml.XmlError: the body is no XML that anybody should read.
    """
    root = parse(body)
    for element in root.iter():
        element.tag = etree.QName(element).localname
        for name in [name for name in element.attrib if name == "version"]:
            del element.attrib[name]
    etree.cleanup_namespaces(root)
    return root


def write(root: Element, namespace: str, version: str) -> bytes:
    """Return a document as the firmware sends it: in its namespace, with its version, without secrets."""
    told = etree.Element(root.tag, {"version": version, **root.attrib}, nsmap={None: namespace})
    told.text = root.text
    told.extend(deepcopy(child) for child in root)
    for element in list(told.iter(*SECRET)):
        element.getparent().remove(element)
    for element in told.iter():
        element.tag = f"{{{namespace}}}{element.tag}"
    return etree.tostring(told, xml_declaration=True, encoding="UTF-8")


def dump(root: Element) -> str:
    """Return a document as it is kept."""
    return etree.tostring(root, encoding="unicode")


def text(root: Element, path: str) -> str:
    """Return the stripped text at a path, empty where there is none."""
    return (root.findtext(path) or "").strip()


def put(root: Element, path: str, value: object) -> None:
    """Set the text of an element that the document has; others are none of this firmware's."""
    found = root.find(path)
    if found is not None:
        found.text = str(value).lower() if isinstance(value, bool) else str(value)


def new(tag: str, **texts: object) -> Element:
    """Return an element with children that hold texts."""
    element = etree.Element(tag)
    for name, value in texts.items():
        etree.SubElement(element, name).text = str(value).lower() if isinstance(value, bool) else str(value)
    return element


def items(root: Element) -> list[Element]:
    """Return the items of a collection: the children that have an id."""
    return [child for child in root if child.find("id") is not None]


def gaps(present: Element, sent: Element) -> Iterator[str]:
    """Yield what a sent document lacks of the present one, and what it brings in another order."""
    if items(present):
        known = {text(item, "id"): item for item in items(present)}
        for item in items(sent):
            if (old := known.get(text(item, "id"))) is not None:
                yield from gaps(old, item)
        return
    order = [child.tag for child in sent]
    positions = []
    for child in present:
        if child.tag in SECRET:
            continue
        match = sent.find(child.tag)
        if match is None:
            yield child.tag
            continue
        positions.append(order.index(child.tag))
        yield from gaps(child, match)
    if positions != sorted(positions):
        yield f"{present.tag} in another order"


def fill(present: Element, factory: Element) -> None:
    """Bring back what a document lacks of the factory's, as firmware that resets what is left out."""
    for index, child in enumerate(factory):
        match = present.find(child.tag)
        if match is None:
            present.insert(index, deepcopy(child))
        elif not items(factory):
            fill(match, child)


def keep_secrets(present: Element, sent: Element) -> None:
    """Carry the secrets of a document over into one that was sent without them."""
    for secret in present.iter(*SECRET):
        path = present.getroottree().getelementpath(secret).rpartition("/")
        parent = sent.find(path[0]) if path[0] else sent
        if parent is not None and parent.find(secret.tag) is None:
            parent.append(deepcopy(secret))
