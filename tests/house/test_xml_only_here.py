"""XML from outside is parsed in nanxi/xml.py and nowhere else (goal S4)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACE = ROOT / "nanxi/xml.py"
FOLDERS = ("nanxi", "exporters", "plugins", "scripts", "lab")
PARSERS = frozenset(
    {"fromstring", "fromstringlist", "parse", "XML", "HTML", "XMLParser", "HTMLParser", "iterparse", "XMLPullParser",
     "XMLID", "XMLDTDID", "XSLT", "ETCompatXMLParser", "get_default_parser", "set_default_parser"}
)  # fmt: skip
#: Modules that parse XML by themselves; xml.sax.saxutils only escapes.
MODULES = ("xml.etree", "xml.dom", "xml.sax", "xml.parsers", "xmltodict", "defusedxml", "bs4", "lxml.html",
           "lxml.objectify", "lxml.sax", "untangle", "xmlrpc", "html.parser")  # fmt: skip


def sources() -> Iterator[Path]:
    for folder in FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            if file.is_file() and file != PLACE and (file.suffix == ".py" or _is_script(file)):
                yield file


def _is_script(file: Path) -> bool:
    with file.open("rb") as stream:
        return not file.suffix and b"python" in stream.readline(80)


def parsers(tree: ast.AST) -> Iterator[str]:
    """Yield every XML parser that the code could start."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and node.attr in PARSERS
            and ast.unparse(node.value).endswith("etree")
        ):
            yield ast.unparse(node)
        elif isinstance(node, ast.Import):
            yield from filter(_parses, (alias.name for alias in node.names))
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from filter(_parses, names)
            yield from (
                name for name in names if node.module == "lxml.etree" and name.rpartition(".")[2] in PARSERS
            )


def _parses(module: str) -> bool:
    return f"{module}.".startswith(tuple(f"{name}." for name in MODULES)) and "xml.sax.saxutils" not in module


@pytest.mark.parametrize("file", list(sources()), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_other_parser(file: Path) -> None:
    assert list(parsers(ast.parse(file.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "code",
    [
        "from lxml import etree; etree.fromstring(b'')",
        "import lxml.etree; lxml.etree.parse('x')",
        "from lxml.etree import XMLParser",
        "import xml.etree.ElementTree as E",
        "from xml.dom import minidom",
        "from xml import sax",
        "import xmltodict",
        "from lxml import objectify",
    ],
)
def test_the_ban_sees(code: str) -> None:
    assert list(parsers(ast.parse(code)))


def test_escaping_is_no_parsing() -> None:
    assert not list(parsers(ast.parse("from xml.sax.saxutils import escape")))
