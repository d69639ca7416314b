"""The police's 73-column template, there and back."""

import contextlib
import csv
import io
import zipfile
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from nanxi.findings import InputError
from nanxi.register import exporting
from nanxi.register.columns import names
from nanxi.register.exporting import export
from nanxi.register.importing import import_cameras
from nanxi.register.model import Camera, Datum, Kind
from nanxi.register.sample import sample
from nanxi.register.template import columns, find_header, values
from nanxi.register.workbook import read_table, write_table

SECRET = "Hk-7719-canary"


@pytest.fixture
def cameras(lab_plan):
    devices = sample(lab_plan, 26, seed=2, kinds=frozenset({Kind.CAMERA}))
    return {device.host: device for device in devices}


def filled(**cells):
    """Return a template with one good row of 上塘 and ``cells`` of it replaced."""
    good = {
        "设备编码": "33032401001320000001", "设备名称": "县前路口", "监控点位类型": "1", "设备厂商": "hikvision", "经度": "120.6815",
        "纬度": "28.1543", "室内外": "1", "接入网络": "公安视频信息网", "IPv4": "10.33.0.2", "MAC": "44-19-B6-12-34-56",
        "启用时间": "2008/9/1", "设备状态": "1",
    }  # fmt: skip
    titles = [column.title for column in columns()]
    return [[f"{title}*" for title in titles], [{**good, **cells}.get(title, "") for title in titles]]


def bring(plan, table, devices=None, **defaults):
    return import_cameras(plan, devices or {}, table, "ledger.xlsx", defaults)


def test_the_template_is_the_police_s():
    assert len(columns()) == 73
    assert sum(column.mandatory for column in columns()) == 33
    for column in columns():
        meanings = (column.field, column.derived, column.observed, column.secret, column.unused)
        assert sum(map(bool, meanings)) == 1, column.title
        assert not column.field or column.field in names(Camera)
        assert not column.derived or column.derived in exporting.DERIVED
    assert {column.title for column in columns() if column.secret} == {"设备用户名", "设备口令"}


def test_every_value_of_the_template_is_one_of_the_register():
    for field in ("point_class", "indoor", "orientation", "camera_type", "state"):
        for cell in set(values(field).values()):
            made = {
                "unit": "x",
                "serial": 1,
                "code": "33032401001320000001",
                "name": "x",
                "vendor": "x",
                "place": "x",
            }
            made |= {"state": "planned", "network": "police", "point_class": "1"} | {field: cell}
            Camera.model_validate(made)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_export_then_import_gives_the_same_cameras(lab_plan, cameras, tmp_path, suffix):
    path = tmp_path / f"ledger{suffix}"
    write_table(path, export(lab_plan, cameras).rows)
    result = bring(lab_plan, read_table(path))
    assert result.findings == []
    lost = {"line", "serial_number", "counted", "original_code"}
    for made, camera in zip(result.new, cameras.values(), strict=True):
        assert made.model_dump(exclude=lost) == camera.model_dump(exclude=lost)
        assert made.original_code == camera.original_code


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_camera_survives_the_template(plan, row, data):
    plain = st.text(st.characters(exclude_categories=["Cs", "C"], exclude_characters="=@"), max_size=20).map(
        str.strip
    )
    cells = {
        name: data.draw(plain)
        for name in ("address", "landmark", "owner", "builder", "remark", "admin_phone")
    }
    cells |= {
        name: data.draw(st.sampled_from(["", "1", "2", "7"])) for name in ("orientation", "camera_type")
    }
    cells["indoor"] = data.draw(st.booleans())
    cells["state"] = data.draw(st.sampled_from(["installed", "repair", "retired"]))
    if cells["state"] == "retired":
        cells["retired_on"] = "2020-01-01"
    cells["installed_on"] = data.draw(st.dates(date(2000, 1, 1), date(2019, 12, 31)).map(str))
    camera = Camera.model_validate(row(unit="shangtang", **cells))
    (made,) = bring(plan, export(plan, {camera.host: camera}).rows).new
    assert made.model_dump() == camera.model_dump()


def test_no_password_is_read_or_written(plan, lab_plan, cameras):
    result = bring(plan, filled(设备口令=SECRET, 设备用户名="admin"))
    report = {one.title: one for one in result.columns}
    assert (report["设备口令"].filled, report["设备口令"].imported) == (1, 0)
    assert "dropped" in report["设备口令"].why_not
    assert SECRET not in repr(result)
    table = export(lab_plan, cameras)
    for title in ("设备口令", "设备用户名"):
        index = table.rows[0].index(title)
        assert {row[index] for row in table.rows[1:]} == {""}
        assert title in table.secret


def test_coordinates_leave_as_wgs84_and_an_import_may_name_their_datum(plan):
    result = bring(plan, filled(), datum="GCJ02")
    (camera,) = result.new
    assert camera.datum is Datum.GCJ02
    table = export(plan, {camera.host: camera}).rows
    east = float(table[1][table[0].index("经度*")])
    assert 0.004 < 120.6815 - east < 0.006


def test_derived_columns_come_from_plan_and_register(plan):
    (camera,) = bring(plan, filled()).new
    titles, cells = export(plan, {camera.host: camera}).rows
    found = dict(zip((title.rstrip("*") for title in titles), cells, strict=True))
    assert found["行政区划编码"] == "330324"
    assert found["视频编码格式"] == "H.265"
    assert found["图像分辨率"] == "1920x1080"
    assert found["录像保存天数"] == "30"


def test_the_public_subset_names_no_address_person_or_network(plan, row):
    secretive = {
        "admin_name": "王小明",
        "admin_phone": "13800000000",
        "address": "县前路12号",
        "mac": "44-19-B6-12-34-56",
    }
    cells = row(unit="shangtang", longitude="120.6815", latitude="28.1543", **secretive)
    camera = Camera.model_validate(cells)
    inside = Camera.model_validate(
        row(2, unit="shangtang", name="金库", point_class="internal", network="public")
    )
    table = export(plan, {camera.host: camera, inside.host: inside}, public=True).rows
    text = repr(table)
    for value in (
        *secretive.values(),
        "10.33.0.10",
        "120.68",
        "28.15",
        "公安视频信息网",
        camera.code,
        "金库",
    ):
        assert value not in text
    assert "县前路1号" in text


def test_planned_cameras_do_not_exist_yet(plan, row):
    camera = Camera.model_validate(row(unit="shangtang", state="planned"))
    result = export(plan, {camera.host: camera})
    assert (len(result.rows), result.planned) == (1, 1)


def test_mandatory_columns_that_stay_empty_are_counted(plan):
    (camera,) = bring(plan, filled()).new
    assert export(plan, {camera.host: camera}).blank["管理员姓名"] == 1


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"设备编码": "3.30324E+19"}, "设备编码", "rounded"),
        ({"设备编码": "33032499001320000001"}, "设备编码", "no unit has this station code"),
        ({"设备编码": "33032401001180000001"}, "设备编码", "not this kind"),
        ({"设备名称": ""}, "设备名称", "empty"),
        ({"MAC": "?"}, "MAC", "not a MAC"),
        ({"接入网络": "互联网"}, "接入网络", "no such value"),
        ({"接入网络": "社会治安视频信息网"}, "接入网络", "may not be on"),
        ({"设备状态": "9"}, "设备状态", "no such value"),
        ({"IPv4": "10.99.0.1"}, "IPv4", "outside"),
        ({"经度": "1"}, "经度", "outside"),
        ({"启用时间": "去年"}, "启用时间", "not a date"),
        ({"关联编码器": "33032401001130000009", "通道号": "1"}, "关联编码器", "not in the register"),
    ],
)
def test_bad_cells_are_named_with_row_and_title_of_the_file(plan, cells, column, problem):
    result = bring(plan, [["永嘉县一机一档"], *filled(**cells)])
    places = {(item.file, item.row, item.column) for item in result.findings}
    assert ("ledger.xlsx", 3, column) in places
    assert any(problem in item.problem for item in result.findings)


@pytest.mark.parametrize(
    ("cells", "field", "value"),
    [
        ({"监控点位类型": "二类"}, "point_class", "2"),
        ({"监控点位类型": "9", "接入网络": "", "设备编码": "33032401001380000001"}, "point_class", "vehicle"),
        ({"接入网络": ""}, "network", "police"),
        ({"接入网络": "police"}, "network", "police"),
        ({"室内外": "室内"}, "indoor", True),
        ({"监控方位": "东北"}, "orientation", "6"),
        ({"摄像机类型": "球机"}, "camera_type", "1"),
        ({"设备状态": "维修"}, "state", "repair"),
    ],
)
def test_values_as_ledgers_write_them(plan, cells, field, value):
    (camera,) = bring(plan, filled(**cells)).new
    assert getattr(camera, field) == value


def test_known_cameras_are_left_alone_and_new_ones_numbered_after_them(plan, row):
    old = Camera.model_validate(row(5, unit="shangtang", name="原有"))
    titles, first = filled()
    _, again = filled(设备编码=old.code)
    result = bring(plan, [titles, first, again], {old.host: old})
    assert result.known == ["shangtang-cam0005"]
    assert [camera.host for camera in result.new] == ["shangtang-cam0006"]


def test_columns_the_template_lacks_are_set_for_all_rows_and_foreign_ones_named(plan):
    titles, cells = filled()
    result = bring(plan, [[*titles, "二维码"], [*cells, "QR-1"]], counted="FALSE", 管理方式="observed")
    assert result.new[0].counted is False
    assert result.new[0].management == "observed"
    assert {one.title: one.why_not for one in result.columns}["二维码"] == "not a column of the template"
    with pytest.raises(InputError, match="no such column"):
        bring(plan, filled(), colour="red")


def test_missing_mandatory_columns_are_named_and_a_file_without_titles_is_no_template(plan):
    assert "管理单位" in bring(plan, [["设备编码"]]).missing
    with pytest.raises(InputError, match="no title row"):
        bring(plan, [["a", "b"], ["1", "2"]])


def test_titles_are_found_below_a_heading_and_with_full_width_marks():
    assert find_header([["台账"], ["序号", "设备编码＊", "所属部门（警种）*"]]) == (
        1,
        ["序号", "设备编码", "所属部门(警种)"],
    )


def workbook(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_numbers_that_excel_rounded_show_it(tmp_path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook([33032401001320000001, 80.0, 120.68, None, True]))
    assert read_table(path) == [["3.30324E+19", "80", "120.68", "", "TRUE"]]


def test_exported_codes_are_text_in_a_workbook(lab_plan, cameras, tmp_path):
    write_table(tmp_path / "a.xlsx", export(lab_plan, cameras).rows)
    table = read_table(tmp_path / "a.xlsx")
    assert {row[1] for row in table[1:]} == {camera.code for camera in cameras.values()}


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.xlsx", b"\xff\xfe\x00"),
        ("a.xlsx", b"PK\x03\x04"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", b'"a" b,\n'),
    ],
)
def test_what_is_no_table_is_a_finding(tmp_path, name, raw):
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(InputError):
        read_table(tmp_path / name)


def test_a_workbook_with_a_document_type_or_a_bomb_is_refused(tmp_path):
    raw = workbook(["设备编码"])
    for name, change in (
        ("doctype", lambda part: b"<!DOCTYPE x []>" + part),
        ("bomb", lambda _: b" " * 300_000_000),
    ):
        path = tmp_path / f"{name}.xlsx"
        with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for member in old.namelist():
                part = old.read(member)
                new.writestr(member, change(part) if member.endswith("sheet1.xml") else part)
        with pytest.raises(InputError, match=r"document type|more than a ledger"):
            read_table(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 4000), st.binary(min_size=1, max_size=30))
def test_a_mangled_workbook_is_a_finding_and_nothing_else(tmp_path, position, noise):
    raw = workbook(["设备编码"], ["33032401001320000001"])
    path = tmp_path / "a.xlsx"
    path.write_bytes(raw[:position] + noise + raw[position + len(noise) :])
    with contextlib.suppress(InputError):  # and nothing but it
        read_table(path)


def test_another_ending_is_refused(tmp_path):
    with pytest.raises(InputError, match="xlsx"):
        write_table(tmp_path / "a.pdf", [["x"]])


def test_gbk_csv_is_read(tmp_path):
    out = io.StringIO()
    csv.writer(out).writerows(filled())
    (tmp_path / "a.csv").write_bytes(out.getvalue().encode("gbk"))
    assert read_table(tmp_path / "a.csv")[1][3] == "县前路口"
