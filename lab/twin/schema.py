"""ONVIF's own schema as the judge of requests, for firmware that is strict about order and namespace (O15).

Device, Media and Imaging come from the WSDLs that onvif-zeep ships; Media2 is not among them, so ``media2.xsd`` beside
this module describes the operations that a twin knows, written from the specification.
"""

from __future__ import annotations

import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from nanxi.xml import parse

_XS = "{http://www.w3.org/2001/XMLSchema}"
_WSDLS = ("devicemgmt", "media", "imaging")
MEDIA2 = Path(__file__).with_name("media2.xsd")


def wsdl_folder() -> Path:
    """Return the folder of onvif-zeep's WSDLs, without importing it (O22: an import changes the whole process)."""
    spec = find_spec("onvif")
    assert spec is not None and spec.origin is not None, "onvif-zeep is in requirements.txt"
    return Path(spec.origin).parents[1] / "wsdl"


@cache
def schema() -> etree.XMLSchema:
    """Return one schema of every element that a request or reply may be."""
    with tempfile.TemporaryDirectory() as folder:
        imports = [_import(Path(folder), name) for name in _WSDLS]
        imports.append(_write(Path(folder), "media2", MEDIA2.read_bytes(), wsdl_folder()))
        whole = Path(folder, "onvif.xsd")
        whole.write_text(
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{"".join(imports)}</xs:schema>'
        )
        return etree.XMLSchema(file=str(whole))


def problem(element: etree._Element) -> str | None:
    """Return what is wrong with a request or reply by the schema, None when nothing is."""
    judge = schema()
    if judge.validate(element):
        return None
    return str(judge.error_log[0].message)


def _import(folder: Path, name: str) -> str:
    root = parse((wsdl_folder() / f"{name}.wsdl").read_bytes())
    part = root.find(f".//{_XS}schema")
    assert part is not None, "a WSDL has a schema"
    return _write(folder, name, etree.tostring(part), wsdl_folder())


def _write(folder: Path, name: str, content: bytes, base: Path) -> str:
    part = parse(content)
    for item in part.iterfind(f"{_XS}import"):
        item.set("schemaLocation", (base / item.get("schemaLocation", "")).resolve().as_uri())
    (folder / f"{name}.xsd").write_bytes(etree.tostring(part))
    return f'<xs:import namespace="{part.get("targetNamespace")}" schemaLocation="{name}.xsd"/>'
