"""Give a configuration back to the device with some values changed.

A Set operation replaces the whole configuration, so everything that we do not manage goes back as it came
(multicast, quality, vendor extensions). The result is written in the order of the schema, because some cameras
refuse any other (O15), and with our own prefixes, because some cameras repeat theirs in odd ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from nanxi.devices.onvif.namespaces import SCHEMA, Service
from nanxi.devices.values import Element, escape

_ONVIF = {SCHEMA, "", *(service.namespace for service in Service)}


class Draft:
    """An editable copy of a configuration element."""

    def __init__(self, source: Element) -> None:
        self.root = _copy(source)

    def set(self, value: str, *path: str, order: Mapping[str, Iterable[str]] | None = None) -> None:
        """Set the text at ``path`` of local names; missing elements are made.

        Args:
            value: the text.
            path: local names below the configuration.
            order: the schema's order of children, by local name of the parent, where it matters.
        """
        node = self.root
        for name in path:
            found = next(node.iterchildren("{*}" + name), None)
            if found is None:
                found = etree.SubElement(node, f"{{{SCHEMA}}}{name}")
                _sort(node, tuple((order or {}).get(_local(node), ())))
            node = found
        node.text = value

    def attribute(self, name: str, value: str) -> None:
        """Set an attribute of the configuration."""
        self.root.set(name, value)

    def drop_attribute(self, name: str) -> None:
        """Remove an attribute of the configuration."""
        if name in self.root.attrib:
            del self.root.attrib[name]

    def drop(self, name: str) -> None:
        """Remove the children of that name."""
        for node in list(self.root.iterchildren("{*}" + name)):
            self.root.remove(node)

    def element(self, tag: str, order: tuple[str, ...]) -> str:
        """Return the whole element under another name (prefixed), its children in the order of the schema."""
        _sort(self.root, order)
        attributes = "".join(
            f' {key}="{escape(str(value))}"'
            for key, value in ((str(key), value) for key, value in self.root.items())
            if not key.startswith("{")
        )
        content = "".join(etree.tostring(node, encoding="unicode", with_tail=False) for node in self.root)
        return f"<{tag}{attributes}>{content}</{tag}>"


def _copy(source: Element) -> Element:
    """Copy an element with ONVIF's schema namespace for ONVIF's own elements and for those without any."""
    name = etree.QName(source)
    namespace = SCHEMA if (name.namespace or "") in _ONVIF else name.namespace
    node = etree.Element(f"{{{namespace}}}{name.localname}", nsmap={"tt": SCHEMA})
    for key, value in source.items():
        node.set(etree.QName(key).localname if "onvif.org" in str(key) else key, value)
    node.text = source.text.strip() or None if source.text else None
    node.extend(_copy(child) for child in source if isinstance(child.tag, str))
    return node


def _local(node: Element) -> str:
    return etree.QName(node).localname


def _sort(node: Element, order: tuple[str, ...]) -> None:
    rank = {name: index for index, name in enumerate(order)}
    node[:] = sorted(node, key=lambda child: rank.get(_local(child), len(order)))
