"""What the collection says of itself is what it does."""

import ast
import io
import json
import subprocess
import sys
import tarfile
import tokenize
from pathlib import Path

import pytest
import yaml
from ansible_collections.nanxi.cctv.plugins.plugin_utils.arguments import DEVICE, SURVEY, SWAP, SWITCH

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent
ROLES = sorted((ROOT / "roles").iterdir())
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
TEXTS = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


def text_of(path, name):
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == name:
            return node.value.value
    raise KeyError(name)


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("inventory", ["register"]),
        ("module", ["device", "survey", "swap", "switch"]),
        ("callback", ["fleet"]),
        ("lookup", ["host"]),
        ("role", ["device", "firewall", "gateway", "switch", "host_baseline"]),
    ],
)
def test_ansible_doc_shows_it(kind, names):
    full = [f"nanxi.cctv.{name}" for name in names]
    shown = subprocess.run(
        [BIN / "ansible-doc", "-t", kind, "--json", *full],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert shown.returncode == 0
    assert "nanxi" not in shown.stderr
    told = json.loads(shown.stdout)
    assert set(told) == set(full)
    assert all(told.values())


@pytest.mark.parametrize(
    ("name", "spec"), [("device", DEVICE), ("survey", SURVEY), ("swap", SWAP), ("switch", SWITCH)]
)
def test_the_documentation_says_what_an_action_accepts(name, spec):
    documented = yaml.safe_load(text_of(ROOT / f"plugins/modules/{name}.py", "DOCUMENTATION"))["options"]
    assert {
        option: {key: value for key, value in entry.items() if key != "description"}
        for option, entry in documented.items()
    } == spec


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_defaults_and_argument_specs_say_the_same(role):
    defaults = yaml.safe_load((role / "defaults/main.yml").read_text())
    options = yaml.safe_load((role / "meta/argument_specs.yml").read_text())["argument_specs"]["main"][
        "options"
    ]
    assert {name: entry["default"] for name, entry in options.items()} == defaults
    assert all(name.startswith(f"{role.name}_") for name in defaults)
    assert all(entry["type"] and entry["description"] for entry in options.values())


@pytest.mark.parametrize("path", PLUGINS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_plugin_is_thin(path):
    texts = {
        line
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in TEXTS
        for line in range(node.lineno, node.end_lineno + 1)
    }
    passed_over = {
        tokenize.COMMENT,
        tokenize.NL,
        tokenize.NEWLINE,
        tokenize.INDENT,
        tokenize.DEDENT,
        tokenize.ENDMARKER,
    }
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    code = {token.start[0] for token in tokens if token.type not in passed_over} - texts
    assert len(code) <= 80


def test_the_collection_builds_without_secrets(tmp_path):
    subprocess.run(
        [BIN / "ansible-galaxy", "collection", "build", "--output-path", tmp_path],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
        check=True,
    )
    with tarfile.open(next(tmp_path.glob("nanxi-cctv-*.tar.gz"))) as archive:
        names = archive.getnames()
    assert "plugins/inventory/register.py" in names
    assert not [
        name
        for name in names
        if (name.startswith("inventory/") and "/credentials/" in name) or name.startswith((".", "build"))
    ]
