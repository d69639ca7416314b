"""The page about the register names every column as it is."""

from pathlib import Path

from nanxi.register.columns import markdown, names, replace_generated, titles
from nanxi.register.model import MODELS

PAGE = Path(__file__).parents[2] / "docs/register.md"


def test_the_page_is_current():
    assert PAGE.read_text(encoding="utf-8") == replace_generated(PAGE), "run `make generated`"


def test_every_column_stands_on_the_page():
    for model in MODELS.values():
        for name, title in titles(model).items():
            assert f"| {title} | `{name}` |" in markdown()


def test_no_title_means_two_fields():
    for model in MODELS.values():
        assert len(names(model)) == 2 * len(titles(model))
