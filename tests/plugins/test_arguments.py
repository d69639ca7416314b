"""Tags choose aspects inside the one task that a camera costs."""

import pytest
from ansible_collections.nanxi.cctv.plugins.plugin_utils.arguments import ASPECTS, is_whole, selected


@pytest.mark.parametrize(
    ("names", "own", "run", "skip", "expected"),
    [
        (ASPECTS, ["always"], ["all"], [], set(ASPECTS)),
        (ASPECTS, ["always", "cameras"], ["clock", "osd"], [], {"clock", "osd"}),
        (ASPECTS, ["always", "cameras"], ["cameras"], ["osd"], set(ASPECTS) - {"osd"}),
        (ASPECTS, ["always", "encoders"], ["cameras"], [], set()),
        (ASPECTS, ["always", "encoders"], ["cameras", "clock"], [], {"clock"}),
        (ASPECTS, ["poles", "osd"], ["poles"], [], set(ASPECTS)),
        (ASPECTS, ["poles", "osd"], ["osd"], [], {"osd"}),
        (["clock"], [], ["osd"], [], set()),
        (["clock"], [], ["all"], ["always"], {"clock"}),
    ],
)
def test_selected(names, own, run, skip, expected):
    assert selected(names, own, run, skip) == expected


@pytest.mark.parametrize(
    ("own", "run", "expected"),
    [
        (["always", "switches"], ["all"], True),
        (["always", "switches"], ["switches"], True),
        (["always", "switches"], ["clock"], False),
        (["always", "switches"], ["cameras"], False),
    ],
)
def test_a_task_without_aspects_runs_whole_or_not_at_all(own, run, expected):
    assert is_whole(own, run) is expected
