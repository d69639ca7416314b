"""Names of segments: what they say is read back, sorts by time, and is what ffmpeg writes."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nanxi.recording import names
from nanxi.recording.errors import NotASegmentError

NAME = "shangtang-cam0007_20261127T102100Z_6f3a91c2.ts"

segment_names = st.builds(
    names.SegmentName,
    camera=st.from_regex(r"[a-z][a-z0-9_]{0,20}-(cam|enc)[0-9]{2,4}", fullmatch=True),
    start=st.integers(0, 4_102_444_799),
    session=st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
    synchronised=st.booleans(),
)


@given(segment_names)
def test_what_is_written_is_read(name):
    assert names.parse(str(name)) == name


@given(segment_names, st.integers(0, 4_102_444_799))
def test_names_of_one_camera_sort_by_time(name, other):
    later = names.SegmentName(name.camera, other, name.session, name.synchronised)
    assert (str(later) > str(name)) == (later > name)


def test_folder_is_the_utc_day_of_the_start():
    assert names.parse(NAME).path(Path("/v")) == Path("/v/shangtang-cam0007/2026-11-27") / NAME
    assert names.parse("a-cam1_20261127T235959Z_00000000_unsync.ts").synchronised is False


@pytest.mark.parametrize(
    "name",
    [
        "manifest.jsonl",
        "shangtang-cam0007_20261127T102100Z_6f3a91c2.ts.part",
        "shangtang-cam0007_20261327T102100Z_6f3a91c2.ts",  # no thirteenth month
        "shangtang-cam0007_20261127T102100Z_6F3A91C2.ts",
        "shangtang-cam0007_20261127T102100_6f3a91c2.ts",  # local time
        "../x-cam1_20261127T102100Z_6f3a91c2.ts",
        f"{NAME}\n",
    ],
)
def test_other_names_are_refused_with_what_was_found(name):
    with pytest.raises(NotASegmentError) as caught:
        names.parse(name)
    assert repr(name) in str(caught.value)


def test_template_is_expanded_by_strftime_to_a_name():
    moment = datetime(2026, 11, 27, 10, 21, tzinfo=UTC)
    template = names.template(Path("/srv/100%"), "shangtang-cam0007", "6f3a91c2", synchronised=True)
    assert moment.strftime(template) == f"/srv/100%/shangtang-cam0007/2026-11-27/{NAME}"


def test_prepare_makes_tomorrow_too(tmp_path):
    names.prepare(tmp_path, "shangtang-cam0007", datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    names.prepare(tmp_path, "shangtang-cam0007", datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
    made = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.glob("*/*"))
    assert made == ["shangtang-cam0007/2026-12-31", "shangtang-cam0007/2027-01-01"]
