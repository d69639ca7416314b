"""The kernel's limits are raised where the machines need it, and never lowered."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.hosts.limits import make_room


@pytest.mark.parametrize(("before", "after"), [(128, 448), (447, 448), (1024, 1024)])
def test_room_for_ten_machines(tmp_path: Path, before: int, after: int) -> None:
    path = tmp_path / "max_user_instances"
    path.write_text(f"{before}\n", "ascii")
    make_room(10, path)
    assert int(path.read_text("ascii")) == after
