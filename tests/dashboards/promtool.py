"""Run promtool's own rule tests on data: what fires when, asked with PromQL."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.dashboards.prometheus import ROOT, RULES

__all__ = ["ROOT", "RULES", "Alert", "Question", "alerts_at", "firing", "run", "unit_test"]


@dataclass(frozen=True)
class Question:
    """An expression at a minute, and the label sets and values it must give."""

    expression: str
    minute: float
    samples: Sequence[tuple[Mapping[str, str], float]]


def unit_test(
    series: Iterable[tuple[str, str]],
    questions: Iterable[Question],
    alerts: Iterable[Mapping[str, Any]] = (),
    interval: str = "15s",
) -> dict[str, Any]:
    """Return one of promtool's test groups."""
    return {
        "interval": interval,
        "input_series": [{"series": name, "values": values} for name, values in series],
        "alert_rule_test": list(alerts),
        "promql_expr_test": [
            {
                "expr": question.expression,
                "eval_time": f"{round(question.minute * 60)}s",
                "exp_samples": [
                    {"labels": _labels(labels), "value": value} for labels, value in question.samples
                ],
            }
            for question in questions
        ],
    }


def run(
    folder: Path,
    groups: Sequence[Mapping[str, Any]],
    rules: Sequence[Path] = RULES,
    interval: str = "15s",
    order: Sequence[str] = (),
) -> str:
    """Return what promtool complains of; empty when every group holds. It evaluates groups in any order but ``order``."""
    test = folder / "test.yml"
    names = {
        "rule_files": [str(rule) for rule in rules],
        "evaluation_interval": interval,
        "tests": list(groups),
        "group_eval_order": list(order),
    }
    test.write_text(json.dumps(names, ensure_ascii=False), encoding="utf-8")  # JSON is YAML
    done = subprocess.run(["promtool", "test", "rules", test], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def firing(*keys: str, **match: str) -> str:
    """Return the expression for what fires, reduced to ``keys``."""
    chosen = ",".join(f'{name}="{value}"' for name, value in {"alertstate": "firing", **match}.items())
    return f"group by ({', '.join(('alertname', *keys))}) (ALERTS{{{chosen}}})"


def _labels(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{name}={json.dumps(value)}" for name, value in labels.items()) + "}"


@dataclass(frozen=True)
class Alert:
    """A firing alert as a person gets it."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]


def alerts_at(
    folder: Path,
    name: str,
    series: Iterable[tuple[str, str]],
    minute: float,
    interval: str = "30s",
    rules: Sequence[Path] = RULES,
) -> list[Alert]:
    """Return the alerts of a name that fire at a minute: promtool is told to expect none and says what it got."""
    none = {"eval_time": f"{round(minute * 60)}s", "alertname": name, "exp_alerts": []}
    said = run(folder, [unit_test(series, [], [none], interval)], rules, interval)
    found = re.findall(r"Labels:\{(.*)\}\s+Annotations:\{(.*)\}", said)
    return [Alert(_pairs(labels), _pairs(notes)) for labels, notes in found]


def _pairs(text: str) -> dict[str, str]:
    return {key: json.loads(f'"{value}"') for key, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', text)}
