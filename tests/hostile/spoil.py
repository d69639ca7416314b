"""Spoil a valid reply: what hypothesis draws is a list of small mistakes, and this makes them."""

from collections.abc import Callable

from hypothesis import strategies as st
from lxml import etree

#: Texts that have broken parsers of others.
NASTY = (
    "", " ", "-1", "0", "1e999", "-1e999", "NaN", "0x1F", "1_000", "٣", "²", "9" * 5000, "1.0.0", "true", "maybe",
    "\n\r\t", "\x85\x9b2J", "\u202e", "\u2028", "\ufeff", "\U0010ffff", "测" * 1000, "${jndi:ldap://127.0.0.1/a}",
    "{{ 7*7 }}", "%s%n", "../../etc/passwd", "http://[::1", "//169.254.169.254/", "999.999.999.999", "::1%eth0",
    "CST-8CDT,M3.2.0/2:00:00,M11.1.0", "<->-0", "P99999999999999Y", "0000-00-00", "admin' OR 1=1 --", "]]>", "&amp;",
)  # fmt: skip

_WHERE = st.integers(0, 10_000)

#: One mistake: its kind, where, and with what.
MISTAKES = st.lists(
    st.one_of(
        st.tuples(st.just("text"), _WHERE, st.sampled_from(NASTY)),
        st.tuples(st.just("text"), _WHERE, st.text(st.characters(codec="utf-8"), max_size=20)),
        st.tuples(st.just("attribute"), _WHERE, st.sampled_from(NASTY)),
        st.tuples(st.just("drop"), _WHERE, st.none()),
        st.tuples(st.just("double"), _WHERE, st.integers(1, 30)),
        st.tuples(st.just("empty"), _WHERE, st.none()),
        st.tuples(st.just("swap"), _WHERE, _WHERE),
        st.tuples(st.just("byte"), _WHERE, st.integers(0, 255)),
        st.tuples(st.just("cut"), _WHERE, st.integers(1, 200)),
    ),
    min_size=1,
    max_size=6,
)


def spoil(body: bytes, mistakes: list[tuple]) -> bytes:
    """Make the mistakes, those in the tree before those in the bytes."""
    root = etree.fromstring(body)
    for kind, where, what in mistakes:
        if kind in _IN_TREE:
            elements = list(root.iter())[2:]  # envelope and body stay, or nothing is left to read
            if elements:
                _IN_TREE[kind](elements[where % len(elements)], elements, what)
    spoiled = bytearray(etree.tostring(root, encoding="utf-8"))
    for kind, where, what in mistakes:
        if kind == "byte":
            spoiled[where % len(spoiled)] = what
        elif kind == "cut":
            start = where % len(spoiled)
            del spoiled[start : start + what]
            spoiled = spoiled or bytearray(b"x")
    return bytes(spoiled)


def _legal(text: str) -> str:
    return "".join(c for c in text if c in "\t\n\r" or 0x20 <= ord(c) <= 0xD7FF or 0xE000 <= ord(c) <= 0xFFFD)


def _text(element: etree._Element, _: list, what: str) -> None:
    element.text = _legal(what)


def _attribute(element: etree._Element, _: list, what: str) -> None:
    for name in [*element.attrib, "token"]:
        element.set(name, _legal(what))


def _drop(element: etree._Element, _: list, __: None) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _double(element: etree._Element, _: list, what: int) -> None:
    parent = element.getparent()
    if parent is not None and len(etree.tostring(element)) * what < 1 << 18:
        for _ in range(what):
            parent.append(etree.fromstring(etree.tostring(element)))


def _empty(element: etree._Element, _: list, __: None) -> None:
    for child in list(element):
        element.remove(child)
    element.text = None


def _swap(element: etree._Element, elements: list, what: int) -> None:
    other = elements[what % len(elements)]
    element.text, other.text = other.text, element.text


_IN_TREE: dict[str, Callable[[etree._Element, list, object], None]] = {
    "text": _text,
    "attribute": _attribute,
    "drop": _drop,
    "double": _double,
    "empty": _empty,
    "swap": _swap,
}
