"""Inventory load: `ansible-inventory --list` over the county, beside the same content as static YAML."""

from __future__ import annotations

import json

import yaml

from lab.bench.county import BIN, BenchCounty
from lab.bench.measure import median, run
from lab.bench.report import Figure, show


def bench(county: BenchCounty, repeat: int = 3) -> None:
    """Measure and print."""
    command = [BIN / "ansible-inventory", "-i", county.inventory, "--list"]
    ours = median([run(command, environment=county.environment) for _ in range(repeat)])
    listed = json.loads(ours.output[ours.output.index("{") :])
    static = county.folder / "static.yml"
    static.write_text(yaml.dump(_static(listed), Dumper=yaml.CSafeDumper, allow_unicode=True))
    reference = run([BIN / "ansible-inventory", "-i", static, "--list"])
    hosts = len(listed["_meta"]["hostvars"])
    name = "the same as static YAML"
    show(
        f"Inventory, {hosts} devices",
        [
            Figure("ansible-inventory --list, CPU", "s", ours.cpu_s, reference.cpu_s, name, "<= 3 s"),
            Figure("peak memory", "MiB", ours.peak_mib, reference.peak_mib, name, "<= 200 MB"),
        ],
    )


def _static(listed: dict) -> dict:
    """Return what `--list` printed as the tree that Ansible's own YAML inventory reads."""
    hostvars = listed["_meta"]["hostvars"]
    children = {
        group: {"hosts": dict.fromkeys(content.get("hosts", []))}
        for group, content in listed.items()
        if group not in ("_meta", "all") and content.get("hosts")
    }
    return {"all": {"hosts": hostvars, "children": children}}
