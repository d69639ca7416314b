"""R1: recorders killed at random instants lose a second at most and leave nothing that cannot be read."""

import pytest

from lab.faults import kills
from tests.support.lab import need


@pytest.mark.foreign
@pytest.mark.parametrize("stream", kills.RATES)
def test_killed_at_a_random_instant(tmp_path, stream):
    """A few of what ``python -m lab.bench kills`` does 200 times at each rate."""
    need("ffmpeg", "ffprobe")
    source = kills.film(tmp_path, stream)
    killed = kills.kill_some(source, tmp_path, 12, seed=1)
    assert len({one.fed for one in killed}) > 6
    for one in killed:
        assert one.unreadable == []
        assert 0 <= one.lost <= kills.GOP, one
        assert one.read >= one.fed - kills.GOP > 0
