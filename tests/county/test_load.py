"""A malformed plan: every mistake is named with file, line and field, all at once. One case, one file."""

import shutil
from pathlib import Path

import pytest
import yaml

from nanxi.county.load import load_plan
from nanxi.findings import InputError

ROOT = Path(__file__).parents[2]
CASES = sorted((ROOT / "tests/cases/county").glob("*.yml"))


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_malformed_plan(case, tmp_path):
    wanted = yaml.safe_load(case.read_text())
    plan = tmp_path / "plan"
    shutil.copytree(ROOT / "inventory/yongjia/plan", plan)
    for edit in wanted["edits"]:
        path = plan / edit["file"]
        if edit.get("delete"):
            path.unlink()
            continue
        if edit.get("empty"):
            path.write_text("")
            continue
        text = path.read_text()
        assert text.count(edit["find"]) == 1, f"{edit['find']!r} must stand once in {edit['file']}"
        path.write_text(text.replace(edit["find"], edit["put"]))
    with pytest.raises(InputError) as caught:
        load_plan(plan)
    found = [
        {"where": f"{item.file}:{item.row}:{item.column}", "problem": item.problem}
        for item in caught.value.findings
    ]
    assert found == wanted["findings"], yaml.safe_dump(found, allow_unicode=True)


@pytest.mark.parametrize("encoding", ["utf-16", "gbk"])
def test_a_plan_in_another_encoding_is_a_finding(tmp_path, encoding):
    plan = tmp_path / "plan"
    shutil.copytree(ROOT / "inventory/yongjia/plan", plan)
    text = (plan / "units.yml").read_text()
    (plan / "units.yml").write_bytes(text.encode(encoding))
    with pytest.raises(InputError, match=r"plan/units\.yml.*UTF-8"):
        load_plan(plan)
