"""What is in a bundle, and whether it arrived whole."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest

from nanxi.bundle.command import BundleError, run
from nanxi.bundle.contents import packages
from nanxi.bundle.seal import check, number, seal
from nanxi.findings import InputError

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    folder = tmp_path / "bundle"
    for name in ("debian/a.deb", "debian/b.deb", "wheels/c.whl"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name)
    seal(folder)
    return folder


def test_a_whole_bundle_has_no_finding_and_one_number(bundle: Path) -> None:
    assert check(bundle) == []
    assert number(bundle) == seal(bundle)
    assert (
        subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=bundle, check=False).returncode
        == 0
    )


def test_every_file_that_is_not_as_it_was_is_named(bundle: Path) -> None:
    (bundle / "debian/a.deb").write_text("spoiled")
    (bundle / "debian/b.deb").unlink()
    (bundle / "wheels/d.whl").write_text("strange")
    assert {finding.file: finding.problem for finding in check(bundle)} == {
        "debian/a.deb": "the file is spoiled",
        "debian/b.deb": "the file is missing",
        "wheels/d.whl": "the file is not in the bundle's list",
    }


def test_a_list_that_was_changed_with_its_file_changes_the_number(bundle: Path) -> None:
    before = number(bundle)
    (bundle / "debian/a.deb").write_text("another")
    seal(bundle)
    assert check(bundle) == []
    assert number(bundle) != before


def test_a_folder_that_is_no_bundle_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="SHA256SUMS is missing"):
        check(tmp_path)


def test_the_script_says_what_is_wrong_and_ends_with_1(bundle: Path) -> None:
    (bundle / "debian/a.deb").unlink()
    done = subprocess.run(
        [ROOT / "scripts/bundle", "--json", "check", bundle], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert [finding["file"] for finding in json.loads(done.stdout)["findings"]] == ["debian/a.deb"]


def test_packages_are_those_that_roles_name(tmp_path: Path) -> None:
    for role, text in {
        "one": "one_packages: [b, a]\none_x: 1",
        "two": "two_packages: [a]",
        "three": "---",
    }.items():
        file = tmp_path / role / "defaults/main.yml"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    assert packages(tmp_path) == ("a", "b")
    (tmp_path / "one/defaults/main.yml").write_text("one_packages: ffmpeg")
    with pytest.raises(InputError, match="one_packages: no list of package names"):
        packages(tmp_path)


def test_the_roles_name_packages() -> None:
    assert "python3-venv" in packages(ROOT / "roles")


def test_what_a_role_asks_for_is_in_the_bundle() -> None:
    """A package that a task spells out would be missing where nothing else can be reached."""
    known = set(packages(ROOT / "roles"))
    for file in sorted((ROOT / "roles").glob("*/tasks/*.yml")):
        for asked in re.findall(r"offline_names: (.+)", file.read_text("utf-8")):
            spelled = asked.strip("[]").split(", ") if asked[0] == "[" else re.findall(r"'([^']+)'", asked)
            assert set(spelled) <= known, file


def test_a_tool_that_fails_is_told_with_its_own_words() -> None:
    with pytest.raises(BundleError, match="ended with 3:\nno such package"):
        run(["sh", "-c", "echo no such package >&2; exit 3"])
    with pytest.raises(BundleError, match="nowhere-to-be-found is missing"):
        run(["nowhere-to-be-found"])
