"""What the documents point at exists: files behind links, scripts, playbooks, and goals of make."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOUND = {*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("dashboards/**/*.md")}
#: What `make preview` brings is not ours to read.
DOCUMENTS = sorted(path for path in FOUND if "node_modules" not in path.parts)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)")
NAMED = re.compile(r"(?<![\w./-])((?:scripts|playbooks|roles|exporters)/[\w./-]*\w)")
GOAL = re.compile(r"(?:^|`|\$ |sudo )make ([a-z][a-z-]+)", re.MULTILINE)
GOALS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))


def test_there_are_documents_and_goals() -> None:
    assert len(DOCUMENTS) > 20
    assert {"demo", "test", "lab-up"} <= GOALS


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_everything_that_a_document_names_is_there(path: Path) -> None:
    text = path.read_text("utf-8")
    if path.name == "CHANGELOG.md":  # tells of what was
        return
    missing = [f"link {name}" for name in LINK.findall(text) if not (path.parent / name).exists()]
    missing += [name for name in NAMED.findall(text) if not (ROOT / name).exists()]
    missing += [f"make {goal}" for goal in GOAL.findall(text) if goal not in GOALS]
    assert missing == []
