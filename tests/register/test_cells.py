"""What people and spreadsheets write into a cell. One case, one line of a data file."""

import csv
from pathlib import Path

import pytest
import yaml

from nanxi.findings import InputError
from nanxi.register.load import load_register

CASES = yaml.safe_load((Path(__file__).parents[1] / "cases/register/cells.yml").read_text())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['field']}={case['cell']}")
def test_cell(case, plan, row, tmp_path):
    cells = row() | {case["field"]: case["cell"]}
    if case["field"] == "longitude":
        cells["latitude"] = "28.1"
    path = tmp_path / "shangtang/cameras.csv"
    path.parent.mkdir()
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([cells.keys(), cells.values()])
    if "rule" in case:
        with pytest.raises(InputError) as caught:
            load_register(tmp_path, plan)
        assert [(item.column, item.rule) for item in caught.value.findings] == [(case["field"], case["rule"])]
    else:
        (device,) = load_register(tmp_path, plan).values()
        assert str(getattr(device, case["field"])) == case["value"]
