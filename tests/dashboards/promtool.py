"""Run promtool's own rule tests on data: what fires when, asked with PromQL."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lab.dashboards.history import names
from lab.dashboards.prometheus import ROOT, RULES

__all__ = [
    "ROOT",
    "RULES",
    "Alert",
    "Question",
    "alerts",
    "alerts_at",
    "firing",
    "rules_of",
    "run",
    "unit_test",
]

Rule = Mapping[str, Any]


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


@cache
def _groups(file: Path) -> list[Mapping[str, Any]]:
    return yaml.safe_load(file.read_text("utf-8"))["groups"]


def alerts() -> dict[str, Rule]:
    """Return the project's alerts."""
    rules = [rule for file in RULES for group in _groups(file) for rule in group["rules"]]
    return {rule["alert"]: rule for rule in rules if "alert" in rule}


def rules_of(folder: Path, wanted: Mapping[str, Rule], asked: Iterable[str] = ()) -> list[Path]:
    """Write the wanted alerts and the recording rules that they and what is ``asked`` rest on, in the project's groups.

    What else the project records changes no answer, and is nine tenths of promtool's time.
    """
    records: dict[str, list[str]] = {}
    for rule in (rule for file in RULES for group in _groups(file) for rule in group["rules"]):
        if "record" in rule:
            records.setdefault(rule["record"], []).append(rule["expr"])
    needed: set[str] = set()
    ask = [*asked, *(rule["expr"] for rule in wanted.values())]
    while ask:
        new = names(ask.pop()) & set(records) - needed
        needed |= new
        ask += [expression for name in new for expression in records[name]]
    files = []
    for file in RULES:
        groups = []
        for group in _groups(file):
            kept = [rule if "record" in rule else wanted[rule["alert"]] for rule in group["rules"]
                    if rule.get("record") in needed or rule.get("alert") in wanted]  # fmt: skip
            groups += [{**group, "rules": kept}] if kept else []
        if groups:
            files.append(folder / f"{file.parent.name}-{file.name}")
            files[-1].write_text(json.dumps({"groups": groups}, ensure_ascii=False), "utf-8")
    return files


def run(
    folder: Path,
    groups: Sequence[Mapping[str, Any]],
    rules: Sequence[Path] | None = None,
    interval: str = "15s",
    order: Sequence[str] = (),
) -> str:
    """Return what promtool complains of; empty when every group holds. It evaluates groups in any order but ``order``.

    ``rules``: all alerts of the project, and what they and the questions rest on.
    """
    test = folder / "test.yml"
    if rules is None:
        asked = [question["expr"] for group in groups for question in group["promql_expr_test"]]
        rules = rules_of(folder, alerts(), asked)
    content = {
        "rule_files": [str(rule) for rule in rules],
        "evaluation_interval": interval,
        "tests": list(groups),
        "group_eval_order": list(order),
    }
    test.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")  # JSON is YAML
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
    rules: Sequence[Path] | None = None,
) -> list[Alert]:
    """Return the alerts of a name that fire at a minute: promtool is told to expect none and says what it got."""
    none = {"eval_time": f"{round(minute * 60)}s", "alertname": name, "exp_alerts": []}
    said = run(folder, [unit_test(series, [], [none], interval)], rules, interval)
    found = re.findall(r"Labels:\{(.*)\}\s+Annotations:\{(.*)\}", said)
    return [Alert(_pairs(labels), _pairs(notes)) for labels, notes in found]


def _pairs(text: str) -> dict[str, str]:
    return {key: json.loads(f'"{value}"') for key, value in re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', text)}
