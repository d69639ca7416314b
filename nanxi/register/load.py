"""Read and check the register: ``<unit>/<kind>.csv``, every mistake of every file at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from nanxi.county.model import Plan
from nanxi.findings import Finding, InputError
from nanxi.register.checks import Mistake, check
from nanxi.register.codes import COUNTY_UNIT
from nanxi.register.columns import names, required, titles
from nanxi.register.history import FILE as HISTORY
from nanxi.register.model import MODELS, Device, Kind
from nanxi.register.sheet import Sheet, read_sheet
from nanxi.register.write import cell


def load_register(folder: Path, plan: Plan) -> dict[str, Device]:
    """Return every device of the register by host name, in the order of units, kinds and rows.

    An empty folder is an empty register; files that are no CSV are not looked at.

    Raises:
        InputError: with every mistake of every file.
    """
    register = Register.read(folder, plan)
    findings = register.findings + register.check(plan)
    if findings:
        raise InputError(findings)
    return {device.host: device for device in register.devices}


class Register:
    """What could be read of a register, and what is wrong with the rest."""

    def __init__(self) -> None:
        self.devices: list[Device] = []
        self.findings: list[Finding] = []
        #: Beginnings of host names (``shangtang-sw``) that may be missing here because their file has mistakes.
        self.incomplete: set[str] = set()
        self._headers: dict[tuple[str, Kind], dict[str, str]] = {}

    @classmethod
    def read(cls, folder: Path, plan: Plan) -> Register:
        """Read every file under ``folder``; mistakes are collected, none is raised."""
        register = cls()
        if not folder.is_dir():
            finding = Finding(
                folder.name, 0, "", "", "the register's folder is missing", f"create {folder}", "folder"
            )
            register.findings.append(finding)
            return register
        order = [unit.key for unit in plan.units]
        units = {*order, COUNTY_UNIT}
        for entry in sorted(folder.iterdir(), key=lambda path: (_rank(order, path.name), path.name)):
            if entry.name.startswith((".", "~")):
                continue
            if entry.is_dir() and entry.name in units:
                register.read_unit(entry)
            elif entry.is_dir() or entry.suffix.lower() == ".csv":
                remedy = f"folders are units of the plan ({', '.join(order)}) or {COUNTY_UNIT}"
                register.findings.append(Finding(entry.name, 0, "", "", "no such unit", remedy, "unit"))
        return register

    def read_unit(self, folder: Path) -> None:
        """Read the files of one unit."""
        kinds = [kind.value for kind in MODELS]
        for path in sorted(
            folder.glob("*.[cC][sS][vV]"), key=lambda path: (_rank(kinds, path.stem), path.name)
        ):
            file = f"{folder.name}/{path.name}"
            if path.name.startswith((".", "~")) or path.name == HISTORY:
                continue
            if path.stem not in kinds or path.suffix != ".csv":
                remedy = f"one of {', '.join(f'{kind}.csv' for kind in kinds)}"
                self.findings.append(Finding(file, 0, "", "", "no such kind of device", remedy, "kind"))
                continue
            model = MODELS[Kind(path.stem)]
            before = len(self.findings)
            try:
                self.devices += self.read_rows(read_sheet(path, file), model, folder.name)
            except InputError as error:
                self.findings += error.findings
            if len(self.findings) > before:
                self.incomplete.add(f"{folder.name}-{model.prefix}")

    def read_rows(self, sheet: Sheet, model: type[Device], unit: str) -> list[Device]:
        """Return the rows of a sheet that are right by themselves; the others become findings."""
        mistakes = list(check_header(sheet, model))
        if mistakes:
            raise InputError(mistakes)
        fields = [names(model)[title] for title in sheet.header]
        self._headers[unit, model.kind] = dict(zip(fields, sheet.header, strict=True))
        width = len(fields)
        rows: list[dict[str, object]] = []
        for line, cells in sheet.numbered():
            if len(cells) > width and any(cells[width:]):
                extra = ", ".join(filter(None, cells[width:]))
                remedy = "put a text that holds a comma between quotation marks"
                self.findings.append(
                    Finding(sheet.file, line, "", extra, "more cells than titles", remedy, "cells")
                )
                continue
            row: dict[str, object] = {
                name: cell for name, cell in zip(fields, cells, strict=False) if cell and not cell.isspace()
            }
            row["unit"], row["line"] = unit, line
            rows.append(row)
        try:
            return _rows_of(model).validate_python(rows)
        except ValidationError as error:
            details = error.errors(include_url=False)
        wrong = {detail["loc"][0] for detail in details}
        for detail in details:
            self.findings.append(explain(detail, sheet, model, rows))
        return _rows_of(model).validate_python([row for index, row in enumerate(rows) if index not in wrong])

    def check(self, plan: Plan) -> list[Finding]:
        """Return the broken rules between the rows that could be read."""
        mistakes = check(plan, self.devices, frozenset(self.incomplete))
        return [finding(one, self._headers[one.device.unit, one.device.kind]) for one in mistakes]


def finding(mistake: Mistake, header: Mapping[str, str] | None = None, file: str = "") -> Finding:
    """Return a broken rule as a finding; ``header`` holds the titles of the file by field, if not the usual ones."""
    device, field = mistake.device, mistake.field
    title = (header or {}).get(field) or titles(type(device))[field]
    file = file or f"{device.unit}/{device.kind}.csv"
    return Finding(
        file, device.line, title, cell(device, field), mistake.problem, mistake.remedy, mistake.rule
    )


def check_header(sheet: Sheet, model: type[Device]) -> Iterator[Finding]:
    """Yield what is wrong with the titles: unknown, twice, missing."""
    known = names(model)
    seen: dict[str, str] = {}
    for title in sheet.header:
        name = known.get(title)
        if name is None:
            problem = "no such column" if title else "a column without a title"
            yield Finding(
                sheet.file, 1, title, title, problem, "see `scripts/register columns`", "column-unknown"
            )
        elif name in seen:
            other = "" if seen[name] == title else f" (also as {seen[name]})"
            yield Finding(
                sheet.file, 1, title, title, f"the column stands twice{other}", "keep one", "column-twice"
            )
        else:
            seen[name] = title
    for name in titles(model):
        if name in required(model) and name not in seen:
            title = titles(model)[name]
            yield Finding(
                sheet.file, 1, title, "", f"the column is missing ({name})", "add it", "column-missing"
            )


def explain(
    detail: ErrorDetails, sheet: Sheet, model: type[Device], rows: list[dict[str, object]]
) -> Finding:
    """Return pydantic's error about one cell as a finding."""
    index, field = detail["loc"][0], str(detail["loc"][1])
    assert isinstance(index, int)
    line = rows[index]["line"]
    assert isinstance(line, int)
    title = next(
        (title for title in sheet.header if names(model).get(title) == field), titles(model).get(field, field)
    )
    return Finding(sheet.file, line, title, *reason(detail, model))


def reason(detail: ErrorDetails, model: type[Device]) -> tuple[str, str, str, str]:
    """Return what was found, the problem, the remedy and the rule of pydantic's error about one field."""
    rule, context = detail["type"], detail.get("ctx", {})
    if rule == "missing":
        return "", "the cell is empty", "every row needs it", "empty"
    found = str(detail["input"])
    if "remedy" in context:
        return found, detail["msg"], str(context["remedy"]), rule
    if rule == "string_pattern_mismatch":
        return found, "a control character, or = or @ in front", "one line of plain text", "text"
    if rule in ("enum", "literal_error"):
        return found, "no such value", f"one of {context['expected']}", "value"
    field = model.model_fields.get(str(detail["loc"][-1]))
    return found, detail["msg"], (field.description if field else None) or "", "value"


def _rank(order: list[str], name: str) -> int:
    return order.index(name) if name in order else len(order)


@cache
def _rows_of(model: type[Device]) -> TypeAdapter[list[Device]]:
    return TypeAdapter(list[model])  # type: ignore[valid-type]
