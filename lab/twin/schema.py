"""ONVIF's own schema as the judge of requests, for firmware that is strict about order and namespace (O15).

All but Media2 come from the WSDLs that onvif-zeep ships. Media2 is not among them, so ``media2.xsd`` and
``media2-types.xsd`` beside this module describe the operations that a twin knows, written from the specification.
"""

from __future__ import annotations

import tempfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree

from nanxi.xml import parse

_XS = "{http://www.w3.org/2001/XMLSchema}"
_OWN = Path(__file__).parent
_WSDLS = ("devicemgmt", "media", "imaging", "recording", "receiver", "search", "replay")


def wsdl_folder() -> Path:
    """Return the folder of onvif-zeep's WSDLs, without importing it (O22: an import changes the whole process)."""
    spec = find_spec("onvif")
    assert spec is not None, "onvif-zeep is in requirements.txt"
    return Path(str(spec.origin)).parents[1] / "wsdl"


@cache
def schema() -> etree.XMLSchema:
    """Return one schema of every element that a request or reply may be."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder / "types.xsd", parse((_OWN / "media2-types.xsd").read_bytes()))
        parts = {wsdl: _types_of(wsdl) for wsdl in _WSDLS}
        parts["media2"] = parse((_OWN / "media2.xsd").read_bytes())
        imports = []
        for stem, part in parts.items():
            # libxml2 reads one document per namespace: all must name the same one for tt.
            for item in part.iterfind(f"{_XS}import"):
                item.set("schemaLocation", "types.xsd")
            _write(folder / f"{stem}.xsd", part)
            imports.append(
                f'<xs:import namespace="{part.get("targetNamespace")}" schemaLocation="{stem}.xsd"/>'
            )
        whole = folder / "whole.xsd"
        whole.write_text(
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{"".join(imports)}</xs:schema>'
        )
        return etree.XMLSchema(file=str(whole))


def problem(element: etree._Element) -> str | None:
    """Return what is wrong with a request or reply by the schema, None when nothing is."""
    try:
        schema().assertValid(element)
    except etree.DocumentInvalid as error:
        return str(error)
    return None


def _types_of(wsdl: str) -> etree._Element:
    part = parse((wsdl_folder() / f"{wsdl}.wsdl").read_bytes()).find(f".//{_XS}schema")
    assert part is not None, "a WSDL has a schema"
    return part


def _write(file: Path, part: etree._Element) -> None:
    for item in part.iterfind(f"{_XS}include"):
        item.set("schemaLocation", (wsdl_folder() / str(item.get("schemaLocation"))).as_uri())
    file.write_bytes(etree.tostring(part))
