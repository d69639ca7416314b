"""Which row a device is (tests/cases/discovery/matches)."""

from nanxi.discovery.match import match_all
from tests.discovery.conftest import cases, found, row


@cases("matches")
def test_match(case, area):
    rows = [row(number, **cells) for number, cells in enumerate(case["rows"], 1)]
    matches = match_all({one.host: one for one in rows}, [found(**one) for one in case["found"]], area)
    assert [
        {
            "verdict": str(match.verdict),
            "host": match.host,
            "ways": sorted(match.ways),
            **(
                {"conflicts": [{"key": one.key, **dict(one.about)} for one in match.conflicts]}
                if match.conflicts
                else {}
            ),
        }
        for match in matches
    ] == case["matches"]
