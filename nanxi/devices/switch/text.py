"""A running configuration as a tree of lines, and back (pure).

A configuration is nested by indentation. A tree is a dictionary from a line to the lines below it: order is kept, a
section that is printed twice is one section, and two configurations that say the same are equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

Tree = dict[str, "Tree"]

#: VRP and Comware end a section with ``#``, IOS and RGOS with ``!``; comments begin with the same signs.
_SEPARATOR = re.compile(r"^\s*[#!]")

#: A text of several lines: IOS and RGOS name a delimiter, VRP and Comware quote it.
_BANNER = re.compile(r"^(?:banner \S+|header \S+(?: information)?) ?(?P<delimiter>\^C|\S)(?P<rest>.*)$")

#: Key material: lines of hexadecimal digits that end with a word of their own.
_BLOB = re.compile(
    r"^\s*(?:certificate .*|(?:rsa|dsa|ecc) peer-public-key .*|public-key-code begin|key-string)$"
)
_BLOB_END = re.compile(r"^\s*(?:quit|peer-public-key end|public-key-code end|exit)$")


def parse(text: str, volatile: Sequence[re.Pattern[str]] = ()) -> Tree:
    """Return the tree of a configuration as a switch prints it.

    Lines that match a pattern of ``volatile`` change by themselves and are left out; so are comments, banners and key
    material, which Nanxi does not manage. Nothing that a switch prints makes this fail.
    """
    root: Tree = {}
    stack: list[tuple[int, Tree]] = [(-1, root)]
    for raw in _without_blocks(text.expandtabs().splitlines()):
        line = " ".join(raw.split())
        if _SEPARATOR.match(raw):
            if not raw[0].isspace():
                del stack[1:]
            continue
        if not line or any(pattern.search(raw.rstrip()) for pattern in volatile):
            continue
        indent = len(raw) - len(raw.lstrip())
        while indent <= stack[-1][0]:
            stack.pop()
        stack.append((indent, stack[-1][1].setdefault(line, {})))
    return root


def text_of(tree: Tree, indent: int = 0) -> str:
    """Return the tree as indented lines, one level one space, as all four systems print it."""
    return "".join(f"{' ' * indent}{line}\n{text_of(below, indent + 1)}" for line, below in tree.items())


def paths(tree: Tree, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield every line as the path from the top of the configuration to it."""
    for line, below in tree.items():
        yield (*above, line)
        yield from paths(below, (*above, line))


def at(tree: Tree, path: Iterable[str]) -> Tree | None:
    """Return what is below ``path``, None when the configuration has no such line."""
    for line in path:
        if line not in tree:
            return None
        tree = tree[line]
    return tree


def copy(tree: Tree) -> Tree:
    """Return a copy that may be changed."""
    return {line: copy(below) for line, below in tree.items()}


def _without_blocks(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines outside of banners and key material, a separator in their place."""
    rest = iter(lines)
    for line in rest:
        if banner := _BANNER.match(line):
            delimiter = banner["delimiter"]
            if delimiter not in banner["rest"]:
                _skip(rest, re.compile(re.escape(delimiter)))
        elif _BLOB.match(line):
            yield line
            _skip(rest, _BLOB_END)
        else:
            yield line


def _skip(lines: Iterator[str], end: re.Pattern[str]) -> None:
    for line in lines:
        if end.search(line):
            return
