"""Imports go one way, and the library stays free of Ansible and Prometheus."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# package -> what it may not import
FORBIDDEN = {
    "nanxi": ("ansible", "prometheus_client", "lab", "exporters"),
    "nanxi/county": ("nanxi.register", "nanxi.estate", "nanxi.devices"),
    "nanxi/register": ("nanxi.estate", "nanxi.devices"),
    "nanxi/devices": ("nanxi.cli",),
    "lab/twin": ("nanxi.devices",),  # the twin is written from the specification, not from our client
    "lab/switches": ("nanxi.devices",),
    "exporters": ("ansible", "lab"),
}


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


@pytest.mark.parametrize("folder", FORBIDDEN)
def test_direction(folder):
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / folder).rglob("*.py")
        for name in imported(path)
        for banned in FORBIDDEN[folder]
        if name == banned or name.startswith(f"{banned}.")
    }
    assert not wrong
