"""The county's monitor as somebody at its console asks it: Prometheus and Alertmanager by their HTTP APIs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from lab.demo.stage import DemoError
from lab.zoned import ZonedLab
from nanxi.county.model import Network

PROMETHEUS, ALERTMANAGER = "http://127.0.0.1:9090", "http://127.0.0.1:9093"


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert that Alertmanager would tell somebody: not silenced, not inhibited."""

    name: str
    severity: str
    labels: dict[str, str]
    summary: str

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others: its name, and the device, switch or unit that it is about."""
        about = next((self.labels[one] for one in ("device", "switch", "unit") if one in self.labels), "")
        return self.name, about


class Monitor:
    """The monitor of the police network in a lab that is up."""

    def __init__(self, lab: ZonedLab) -> None:
        self.host = lab.estate.monitors(Network.POLICE)[0].host
        self.networks = frozenset(network for network in Network if lab.estate.monitors(network))
        self._machine = lab.hosts.machines[self.host]

    def ask(self, expression: str) -> list[tuple[dict[str, str], float]]:
        """Return the labels and values of an expression now.

        Raises:
            DemoError: Prometheus does not answer.
        """
        found = self._get(f"{PROMETHEUS}/api/v1/query?{urlencode({'query': expression})}")
        return [(one["metric"], float(one["value"][1])) for one in found["data"]["result"]]

    def devices(self, expression: str) -> set[str]:
        """Return the devices for which an expression holds."""
        return {labels["device"] for labels, _ in self.ask(expression)}

    def number(self, expression: str) -> float | None:
        """Return the only value of an expression; None without one."""
        found = self.ask(expression)
        return found[0][1] if found else None

    def firing(self) -> list[Firing]:
        """Return the alerts that people are told of.

        Raises:
            DemoError: Alertmanager does not answer.
        """
        told = self._get(f"{ALERTMANAGER}/api/v2/alerts?silenced=false&inhibited=false&active=true")
        return [
            Firing(
                one["labels"]["alertname"],
                one["labels"].get("severity", ""),
                one["labels"],
                one["annotations"].get("summary", ""),
            )
            for one in told
        ]

    def pages(self) -> dict[tuple[str, str], Firing]:
        """Return those that wake somebody."""
        return {one.key: one for one in self.firing() if one.severity == "page"}

    def wait(self, true: Callable[[], bool], patience_s: float, what: str) -> float:
        """Wait until something holds; return the seconds that took.

        Raises:
            DemoError: it does not within ``patience_s``.
        """
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > patience_s:
                raise DemoError(f"after {patience_s:g} s still not so: {what}")
            time.sleep(1)
        return time.monotonic() - began

    def _get(self, url: str) -> Any:
        done = self._machine.run("curl", "-sSf", "-m", "10", url)
        if done.returncode:
            raise DemoError(f"{self.host}: {url.partition('?')[0]}: {done.stderr.strip()}")
        return json.loads(done.stdout)
