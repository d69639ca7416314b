"""Cause before symptom: one fault is one alert, whatever hangs behind it and in whatever order it is noticed."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.dashboards.promtool import RULES, Question, firing, run, unit_test
from tests.dashboards.topology import Node, series

CASES = sorted(Path("tests/cases/alerts/causes").glob("*.yml"))

ESTATE = [
    Node("county-sw01", "switches", "county"),
    Node("shangtang-sw01", "switches", "shangtang", switch="county-sw01", port="GE1"),
    Node("shangtang-host01", "hosts", "shangtang"),
    Node("shangtang-host02", "hosts", "shangtang"),
    Node("shangtang-cam0001", "cameras", "shangtang", "1", "shangtang-sw01", "p1"),
    Node("shangtang-cam0002", "cameras", "shangtang", "2", "shangtang-sw01", "p2"),
    Node("shangtang-cam0003", "cameras", "shangtang", "3", "shangtang-sw01", "p3"),
    Node("shangtang-enc01", "encoders", "shangtang", "", "shangtang-sw01", "p4"),
    Node("shangtang-cam0004", "cameras", "shangtang", "3", encoder="shangtang-enc01"),
    Node("oubei-sw01", "switches", "oubei", switch="county-sw01", port="GE2"),
    Node("oubei-host01", "hosts", "oubei"),
    Node("oubei-cam0001", "cameras", "oubei", "1", "oubei-sw01", "p1"),
    # A switch of the register that nobody asks by SNMP.
    *(
        Node(f"qiaotou-cam000{number}", "cameras", "qiaotou", "1", "qiaotou-sw01", f"p{number}")
        for number in range(1, 6)
    ),
]

#: What every alert of the causes has, beside its own.
EVERY = 'ALERTS{alertstate="firing", alertname!="Watchdog"}'


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_one_fault_is_one_alert(case: Path, tmp_path: Path) -> None:
    wanted: dict[str, Any] = yaml.safe_load(case.read_text("utf-8"))
    nodes = {node.name: replace(node, due=wanted.get("due", {}).get(node.name, 1)) for node in ESTATE}
    ports = {tuple(place.split()): minute for place, minute in wanted.get("ports_down", {}).items()}
    still = wanted["still"]
    names = sorted(wanted["fires"])
    questions = [
        Question(f"group by (alertname) ({EVERY})", still, [({"alertname": one}, 1) for one in names])
    ]
    for name, expected in wanted["fires"].items():
        labels = {key: value for key, value in expected.items() if key not in ("at", "value")}
        found = [({"alertname": name, **labels}, 1.0)]
        questions.append(Question(firing(*labels, alertname=name), expected["at"], found))
        others = (
            f'group by (alertname) (ALERTS{{alertstate="firing", alertname!~"Watchdog|{"|".join(names)}"}})'
        )
        questions += [Question(others, minute / 2, []) for minute in range(0, still * 2, 3)]
    questions += [Question(EVERY, 1.5, [])]
    told = series(nodes, wanted["down"], ports, still)
    assert run(tmp_path, [unit_test(told, questions)], interval="30s") == ""


#: What is judged in random estates: what else there is makes the test slow and nothing clearer.
_OWN = tuple(path for path in RULES if path.name == "causes.yml")


@pytest.mark.parametrize(("seed", "poll"), [(0, 1.0), (1, 0.25)])
def test_random_estates(seed: int, poll: float, tmp_path: Path) -> None:
    """H2: a switch or uplink of a random estate dies; who notices it first is random.

    Cameras are asked every minute, switches and hosts every ``poll`` minutes, each in its own turn.
    """
    dice = random.Random(seed)
    turns = [step / 4 for step in range(round(poll * 4))]
    nodes: dict[str, Node] = {}
    down: dict[str, float] = {}
    ports: dict[tuple[str, str], float] = {}
    expected = []
    for number in range(120):
        unit = f"u{number}"
        above = Node(f"{unit}-core", "switches", f"core{number}")
        access = Node(f"{unit}-sw", "switches", unit, switch=above.name, port="up")
        hosts = [Node(f"{unit}-h{one}", "hosts", unit) for one in range(dice.randint(0, 2))]
        cameras = [
            Node(f"{unit}-c{one}", "cameras", unit, dice.choice("123"), access.name, f"p{one}")
            for one in range(dice.randint(1, 4))
        ]
        nodes |= {node.name: node for node in (above, access, *hosts, *cameras)}
        fault = dice.choice(["uplink", "switch", "core", "none"])
        if fault == "none":
            continue
        asked = [
            access,
            *(hosts if fault in ("uplink", "core") else ()),
            *((above,) if fault == "core" else ()),
        ]
        down |= {node.name: 2 + dice.choice(turns) for node in asked}
        down |= {node.name: 2 + dice.choice([0, 0.25, 0.5, 0.75]) for node in cameras}
        if fault == "uplink":
            ports[above.name, "up"] = 2 + dice.choice(turns)
        # A unit of nothing but one switch cannot tell a dead switch from a cut line: both are SwitchDown.
        expected.append(
            {
                "uplink": ("UplinkDown", access.name),
                "switch": ("SwitchDown", access.name),
                "core": ("SwitchDown", above.name),
            }[fault]
        )
    ask = 'group by (alertname, device, unit) (ALERTS{alertstate="firing", alertname!="Watchdog"})'
    found = [
        ({"alertname": name, "device": device, "unit": nodes[device].unit}, 1.0) for name, device in expected
    ]
    # Whoever is asked every 15 s is paged for within a minute of the fault, everybody within two polls and an evaluation.
    soonest = 3 if poll < 1 else 5
    questions = [Question(ask, minute, found) for minute in (soonest, 10)]
    # Between the fault and its alert nothing else may have fired either: what fired once would be in the count.
    ever = 'count by (alertname) (max_over_time(ALERTS{alertstate="firing", alertname!="Watchdog"}[10m]))'
    counts = Counter(name for name, _ in expected)
    questions.append(Question(ever, 10, [({"alertname": name}, count) for name, count in counts.items()]))
    told = series(nodes, down, ports, 11, poll)
    assert run(tmp_path, [unit_test(told, questions)], _OWN) == ""
