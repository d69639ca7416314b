"""Files as Excel and WPS save them."""

import contextlib
import csv
import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nanxi.findings import InputError
from nanxi.register.columns import titles
from nanxi.register.load import load_register
from nanxi.register.model import MODELS, Camera


def text_of(rows, line_end="\r\n"):
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end).writerows(rows)
    return out.getvalue()


def chinese(cells):
    return [[titles(Camera)[name] for name in cells], list(cells.values())]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_encodings_and_line_ends_of_excel_and_wps(plan, row, tmp_path, encoding, line_end):
    (tmp_path / "shangtang").mkdir()
    data = text_of(chinese(row()), line_end).encode(encoding)
    (tmp_path / "shangtang/cameras.csv").write_bytes(data)
    assert load_register(tmp_path, plan)["shangtang-cam0001"].name == "县前路1号"


def test_rows_count_as_in_a_spreadsheet_with_blank_rows_and_line_breaks_in_cells(plan, row, tmp_path):
    header, good = chinese(row(remark="一行"))
    bad = chinese(row(2, remark="一行", ipv4="nowhere"))[1]
    broken = [cell if cell != "一行" else "两\n行" for cell in good]
    rows = [header, broken, [], [""] * len(header), bad]
    (tmp_path / "shangtang").mkdir()
    (tmp_path / "shangtang/cameras.csv").write_text(text_of(rows), encoding="utf-8-sig")
    with pytest.raises(InputError) as caught:
        load_register(tmp_path, plan)
    assert [(item.row, item.column) for item in caught.value.findings] == [(2, "备注"), (5, "IPv4地址")]


def test_short_rows_and_empty_columns_at_the_right_are_no_mistake(plan, row, tmp_path):
    header, cells = chinese(row() | {"remark": ""})
    (tmp_path / "shangtang").mkdir()
    (tmp_path / "shangtang/cameras.csv").write_text(text_of([[*header, "", ""], cells[:-1]]))
    assert len(load_register(tmp_path, plan)) == 1


def test_lock_files_of_spreadsheets_are_not_looked_at(plan, row, tmp_path):
    (tmp_path / "shangtang").mkdir()
    (tmp_path / "shangtang/cameras.csv").write_text(text_of(chinese(row())))
    for name in (".~lock.cameras.csv#", "~$cameras.csv", ".~cameras.csv"):
        (tmp_path / "shangtang" / name).write_bytes(b"\x00")
    assert len(load_register(tmp_path, plan)) == 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_mangled_bytes_are_findings_and_nothing_else(plan, tmp_path, data):
    kind = data.draw(st.sampled_from(list(MODELS)))
    header = ",".join(titles(MODELS[kind]).values()).encode()
    start = data.draw(st.sampled_from([b"", header + b"\n", b"\xef\xbb\xbf" + header + b"\r\n"]))
    body = data.draw(
        st.one_of(
            st.binary(max_size=300),
            st.text(max_size=200).map(lambda text: text.encode(errors="surrogatepass")),
        )
    )
    (tmp_path / "shangtang").mkdir(exist_ok=True)
    path = tmp_path / "shangtang" / f"{kind}.csv"
    path.write_bytes(start + body)
    with contextlib.suppress(InputError):  # and nothing but it
        load_register(tmp_path, plan)
    path.unlink()


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_cell_of_a_good_row_may_hold_anything(plan, row, tmp_path, data):
    fields = titles(Camera)
    cells = dict.fromkeys(fields, "") | row()
    for name in data.draw(st.lists(st.sampled_from(list(fields)), min_size=1, max_size=3)):
        cells[name] = data.draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
    (tmp_path / "shangtang").mkdir(exist_ok=True)
    (tmp_path / "shangtang/cameras.csv").write_text(text_of(chinese(cells)), encoding="utf-8-sig", newline="")
    with contextlib.suppress(InputError):  # and nothing but it
        load_register(tmp_path, plan)
