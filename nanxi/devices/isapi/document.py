"""Change a device's own document and give it back whole.

A PUT replaces everything: what is left out falls back to the factory's setting on some firmware, and is refused by
other. So a document is sent back as it was read, elements that we do not know and their order included, with only
the texts changed that are ours.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from nanxi.devices.errors import FaultError
from nanxi.devices.values import Element, child, local_name, text


def set_text(root: Element, value: object, *path: str) -> None:
    """Set the text at ``path`` of local names.

    Raises:
        FaultError: the document has no such element, so the device cannot do it.
    """
    if not set_if_there(root, value, *path):
        raise FaultError(f"the device's {local_name(root)} has no {'/'.join(path)}")


def set_if_there(root: Element, value: object, *path: str) -> bool:
    """Set the text at ``path`` where the document has the element; return whether it has."""
    element = child(root, *path)
    if element is None:
        return False
    element.text = written(value)
    return True


def add_text(parent: Element, name: str, value: object, *, after: str = "") -> None:
    """Set a child's text, and make the child where there is none, behind the one called ``after``."""
    if set_if_there(parent, value, name):
        return
    made = make(parent, name)
    made.text = written(value)
    before = child(parent, after) if after else None
    if before is None:
        parent.append(made)
    else:
        before.addnext(made)


def make(parent: Element, name: str) -> Element:
    """Return a new element in the namespace of ``parent``."""
    namespace = etree.QName(parent).namespace
    return etree.Element(f"{{{namespace}}}{name}" if namespace else name)


def copy(element: Element) -> Element:
    """Return a copy that stands alone."""
    return deepcopy(element)


def item(root: Element, name: str, number: object) -> Element | None:
    """Return the item of a collection with that id."""
    wanted = str(number)
    return next((found for found in root.iterchildren("{*}" + name) if text(found, "id") == wanted), None)


def body(root: Element) -> bytes:
    """Return the document's bytes."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", with_tail=False)


def written(value: object) -> str:
    """Return a value as ISAPI writes it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
