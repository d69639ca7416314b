"""Fill a Prometheus with a past: blocks of samples, and what the recording rules make of them."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import promql_parser
import yaml

from lab.dashboards.prometheus import RULES, prometheus
from lab.dashboards.series import Series, openmetrics

Rule = Mapping[str, Any]


def fill(folder: Path, series: Sequence[Series], times: Sequence[float]) -> int:
    """Add the series at ``times`` to ``folder``/data and return how many samples they are."""
    # promtool reads the file once for every block, so blocks are as long as the past is, up to a month.
    longest_h = max(2, min(720, int((times[-1] - times[0]) / 3600) + 2)) if times else 2
    with tempfile.NamedTemporaryFile("w", dir=folder, suffix=".om") as text:
        count = openmetrics(series, times, text)
        text.flush()
        _promtool("tsdb", "create-blocks-from", f"--max-block-duration={longest_h}h", "openmetrics", text.name,
                  str(folder / "data"))  # fmt: skip
    return count


def evaluate(folder: Path, start: float, end: float, step_s: int) -> None:
    """Let the recording rules make of the past in ``folder``/data what they would have recorded.

    promtool evaluates a rule against what a Prometheus holds, so rules that use others come a round later. Rules that
    remember (they use themselves) cannot be filled in: their memory begins with the present.
    """
    rules_to_fill = [rule for rule in recording_rules() if rule["record"] not in names(rule["expr"])]
    for level, rules in enumerate(levels(rules_to_fill)):
        file = folder / f"level-{level}.yml"
        group = {"name": f"level-{level}", "interval": f"{step_s}s", "rules": list(rules)}
        file.write_text(yaml.safe_dump({"groups": [group]}, allow_unicode=True), "utf-8")
        with prometheus(folder, rules=()) as running:
            _promtool("tsdb", "create-blocks-from", "rules", f"--start={start:.0f}", f"--end={end:.0f}",
                      f"--url={running.url}", f"--output-dir={folder / 'filled'}", str(file))  # fmt: skip
        for block in (folder / "filled").iterdir():
            block.rename(folder / "data" / block.name)


def recording_rules() -> list[Rule]:
    """Return the recording rules of every file."""
    return [
        rule
        for file in RULES
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]
        for rule in group["rules"]
        if "record" in rule
    ]


def levels(rules: Sequence[Rule]) -> Iterator[Sequence[Rule]]:
    """Yield the rules in rounds: each uses only what earlier rounds record, or itself."""
    waiting = {rule["record"]: rule for rule in rules}
    uses = {name: names(rule["expr"]) & set(waiting) - {name} for name, rule in waiting.items()}
    while waiting:
        ready = [rule for name, rule in waiting.items() if not uses[name] & set(waiting)]
        if not ready:
            raise ValueError(f"rules that use each other: {', '.join(sorted(waiting))}")
        yield ready
        for rule in ready:
            del waiting[rule["record"]]


def names(expression: str) -> set[str]:
    """Return the metrics that an expression reads."""
    return {selector.name for selector in selectors(promql_parser.parse(expression))}


def selectors(node: Any) -> Iterator[Any]:
    """Yield every vector selector below ``node``."""
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("expr", "lhs", "rhs", "vector_selector", "param"):
        child = getattr(node, name, None)
        if child is not None and not isinstance(child, str | float | int):
            yield from selectors(child)
    for child in getattr(node, "args", None) or ():
        yield from selectors(child)


def _promtool(*arguments: str) -> None:
    command = ["promtool", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"promtool {' '.join(arguments)}:\n{(done.stdout + done.stderr)[-3000:]}")
