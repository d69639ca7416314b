"""Progress of a survey: lines for a log, a bar for a person."""

import pytest
from ansible.utils.display import Display
from ansible_collections.nanxi.cctv.plugins.plugin_utils.progress import Bar, Lines

from nanxi.devices.outcome import Outcome, Verdict


@pytest.fixture
def shown(monkeypatch):
    texts = []
    monkeypatch.setattr(Display, "display", lambda _, text, **options: texts.append((text, options)))
    return texts


@pytest.mark.parametrize(("total", "lines"), [(26, 1), (120, 3), (5286, 10)])
def test_a_line_for_every_tenth_and_for_at_least_fifty(shown, total, lines):
    with Lines(total, "en") as report:
        for number in range(total):
            report(Outcome(str(number), Verdict.DECLARED))
    assert len(shown) == lines
    assert shown[-1][0] == f"surveyed {total}/{total}: declared {total}"


def test_a_bar_stays_on_the_screen_and_out_of_the_log(shown):
    with Bar(2, "zh") as report:
        report(Outcome("a", Verdict.DRIFTED))
        report(Outcome("b", Verdict.UNREACHABLE))
    assert shown
    assert all(options == {"screen_only": True, "newline": False} for _, options in shown)
    assert "2/2" in "".join(text for text, _ in shown)
