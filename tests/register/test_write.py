"""What is written is what was read, and a spreadsheet in between changes nothing."""

import csv
import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nanxi.register.columns import titles
from nanxi.register.load import load_register
from nanxi.register.model import Camera
from nanxi.register.sample import sample
from nanxi.register.write import append, cell, render, write_register

plain = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="=@"), max_size=40)


def by_host(devices):
    return {device.host: device for device in devices}


def test_a_whole_county_written_and_read_is_the_same(lab_plan, tmp_path):
    devices = list(sample(lab_plan, 26, seed=5))
    write_register(tmp_path, devices)
    again = load_register(tmp_path, lab_plan)
    assert again == {
        host: device.model_copy(update={"line": again[host].line})
        for host, device in by_host(devices).items()
    }


def test_english_titles_hold_the_same(lab_plan, tmp_path):
    devices = list(sample(lab_plan, 26, seed=5))
    write_register(tmp_path / "en", devices, "en")
    write_register(tmp_path / "zh", devices, "zh")
    assert (tmp_path / "en/oubei/cameras.csv").read_text(encoding="utf-8-sig").startswith("serial,code,name,")
    assert (
        (tmp_path / "zh/oubei/cameras.csv")
        .read_text(encoding="utf-8-sig")
        .startswith("序号,设备编码,设备名称,")
    )
    assert load_register(tmp_path / "en", lab_plan) == load_register(tmp_path / "zh", lab_plan)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=plain.filter(str.strip), remark=plain, port=st.integers(1, 65535), indoor=st.booleans())
def test_any_text_survives(plan, row, tmp_path, name, remark, port, indoor):
    cells = row(name=name, remark=remark, http_port=port, indoor=indoor, unit="shangtang")
    camera = Camera.model_validate(cells)
    write_register(tmp_path, [camera])
    (again,) = load_register(tmp_path, plan).values()
    assert again.model_dump() == camera.model_dump()


def test_codes_are_grouped_so_that_a_spreadsheet_keeps_them_as_text(row):
    camera = Camera.model_validate(row(original_code="330324010000012300", unit="shangtang"))
    assert cell(camera, "code") == "33032401-00-132-0-000001"
    assert cell(camera, "original_code") == "33032401-00-000123-00"


def test_a_cell_that_nobody_filled_stays_empty(row):
    camera = Camera.model_validate(row(unit="shangtang"))
    assert cell(camera, "http_port") == cell(camera, "counted") == ""
    assert cell(camera.model_copy(update={"counted": False}), "counted") == "FALSE"


def test_appending_keeps_rows_titles_and_their_order_and_adds_missing_columns(plan, row, tmp_path):
    first = row() | {"remark": "原有, 一行"}
    names = ["code", "serial", *[name for name in first if name not in ("code", "serial")]]
    header = [titles(Camera)[name] if name != "vendor" else "vendor" for name in names]
    path = tmp_path / "shangtang/cameras.csv"
    path.parent.mkdir()
    path.write_text(
        render(header, [[first[name] for name in names], ["", ""]]),
        encoding="gbk",
        errors="ignore",
        newline="",
    )
    append(tmp_path, [Camera.model_validate(row(2, pole="P-1", unit="shangtang"))])
    written = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert written[0] == [*header, "立杆编号"]
    assert written[1] == [*(first[name] for name in names), ""]
    assert len(written) == 3
    devices = load_register(tmp_path, plan)
    assert devices["shangtang-cam0002"].pole == "P-1"
    assert devices["shangtang-cam0001"].remark == "原有, 一行"


def test_appending_to_nothing_makes_the_file(plan, row, tmp_path):
    append(tmp_path, [Camera.model_validate(row(unit="shangtang"))])
    assert list(load_register(tmp_path, plan)) == ["shangtang-cam0001"]
