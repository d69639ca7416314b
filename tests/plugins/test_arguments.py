"""Tags choose aspects inside the one task that a camera costs."""

import pytest
from ansible_collections.nanxi.cctv.plugins.plugin_utils.arguments import ASPECTS, selected


@pytest.mark.parametrize(
    ("names", "run", "skip", "expected"),
    [
        (ASPECTS, ["all"], [], set(ASPECTS)),
        (ASPECTS, ["clock", "osd"], [], {"clock", "osd"}),
        (ASPECTS, ["cameras"], ["osd"], set(ASPECTS) - {"osd"}),
        (["clock"], ["osd"], [], set()),
        (["clock"], ["all"], ["always"], {"clock"}),
    ],
)
def test_selected(names, run, skip, expected):
    assert selected(names, run, skip) == expected
