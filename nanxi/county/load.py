"""Read and check ``plan/*.yml``: every mistake of every file at once, with file, line and field."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from nanxi.county.checks import check_plan
from nanxi.county.model import Addressing, County, Flows, Plan, Policies, Unit
from nanxi.findings import Finding, InputError

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # a PyYAML built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]

#: One file per attribute of :class:`Plan`; also what the JSON schemas are generated from.
FILES: dict[str, TypeAdapter[Any]] = {
    "county": TypeAdapter(County),
    "units": TypeAdapter(tuple[Unit, ...]),
    "policies": TypeAdapter(Policies),
    "addresses": TypeAdapter(Addressing),
    "flows": TypeAdapter(Flows),
}


def load_plan(folder: Path) -> Plan:
    """Return the plan of an inventory, checked.

    Raises:
        InputError: with every mistake: unreadable YAML, wrong types, unknown or missing fields (all files), and,
            once every file has the right shape, every rule of :mod:`nanxi.county.checks` that is broken.
    """
    plan, documents = read_plan(folder)
    broken = [
        documents[mistake.file].finding(mistake.path, mistake.found, mistake.problem, mistake.remedy)
        for mistake in check_plan(plan)
    ]
    if broken:
        raise InputError(broken)
    return plan


def read_plan(folder: Path) -> tuple[Plan, dict[str, Document]]:
    """Return the plan as its files say, with the right shape but its rules unchecked, and the files themselves.

    Raises:
        InputError: as for :func:`load_plan`, without the rules.
    """
    findings: list[Finding] = []
    parts: dict[str, Any] = {}
    documents: dict[str, Document] = {}
    for name, adapter in FILES.items():
        try:
            document = documents[name] = Document.read(folder / f"{name}.yml")
            parts[name] = adapter.validate_python(document.data)
        except InputError as error:
            findings += error.findings
        except ValidationError as error:
            findings += document.explain(error)
    if findings:
        raise InputError(findings)
    return Plan(**parts), documents


class Document:
    """One YAML file: its data, and the line on which every field stands."""

    def __init__(self, path: Path, data: Any, node: yaml.Node) -> None:
        self.path, self.data, self._node = path, data, node

    @classmethod
    def read(cls, path: Path) -> Document:
        """Read ``path``; a file that is missing or is not YAML is an InputError with its line."""
        name = f"{path.parent.name}/{path.name}"
        try:
            text = path.read_text(encoding="utf-8-sig")
        except FileNotFoundError:
            raise InputError([Finding(name, 0, "", "", "the file is missing", f"create {path}")]) from None
        except UnicodeDecodeError as error:
            finding = Finding(
                name, 0, "", "", f"not UTF-8 text (byte {error.start})", "save the file as UTF-8"
            )
            raise InputError([finding]) from None
        loader = SafeLoader(text)
        try:
            node = loader.get_single_node()
            duplicates = [
                Finding(name, line, key, key, "the field stands twice", "keep one of them")
                for key, line in _duplicate_keys(node)
            ]
            if duplicates:
                raise InputError(duplicates)
            if node is None:
                raise InputError(
                    [Finding(name, 0, "", "", "the file is empty", "see inventory/yongjia/plan")]
                )
            data = loader.construct_document(node)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark
            problem = f"not YAML: {error.problem}"
            finding = Finding(
                name, mark.line + 1 if mark else 0, "", "", problem, "mind quotes and indentation"
            )
            raise InputError([finding]) from None
        except yaml.YAMLError as error:
            raise InputError(
                [Finding(name, 0, "", "", f"not YAML: {error}", "save plain UTF-8 text")]
            ) from None
        finally:
            loader.dispose()
        return cls(path, data, node)

    def finding(self, path: tuple[str | int, ...], found: str, problem: str, remedy: str) -> Finding:
        """Return a finding about the field at ``path``."""
        name = f"{self.path.parent.name}/{self.path.name}"
        return Finding(name, self.line(path), ".".join(str(part) for part in path), found, problem, remedy)

    def line(self, path: tuple[str | int, ...]) -> int:
        """Return the line of the deepest part of ``path`` that exists (1 is the first line)."""
        node: yaml.Node = self._node
        line = 1
        for part in path:
            child = _child(node, part)
            if child is None:
                break
            key, node = child
            line = key.start_mark.line + 1
        return line

    def explain(self, error: ValidationError) -> Iterator[Finding]:
        """Yield one finding per mistake that the model found in this file."""
        for item in error.errors(include_url=False):
            path = tuple(part for part in item["loc"] if part != "[key]")
            found = "" if item["type"] == "missing" else _short(item["input"])
            remedy = "remove it or mend its name" if item["type"] == "extra_forbidden" else ""
            yield self.finding(path, found, _problem(item["type"], item["msg"]), remedy)


def _problem(kind: str, message: str) -> str:
    return {"extra_forbidden": "no such field", "missing": "the field is missing"}.get(kind, message)


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Return the node that names a field and the node of its value; an item of a list names itself."""
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    if isinstance(node, yaml.MappingNode):
        return next(((key, value) for key, value in node.value if key.value == str(part)), None)
    return None


def _duplicate_keys(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    """Yield the keys that stand twice in one mapping, which YAML readers silently drop."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                yield str(key.value), key.start_mark.line + 1
            seen.add(str(key.value))
            yield from _duplicate_keys(value)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _duplicate_keys(item)


def _short(value: object, limit: int = 60) -> str:
    text = str(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
