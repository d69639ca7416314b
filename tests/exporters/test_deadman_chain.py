"""H6: collector, Prometheus, Alertmanager and sender are killed one by one, and each time a person outside hears of it.

Real processes with the project's rules; only the intervals are shorter (a minute is three seconds).
"""

import json
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
import yaml

from tests.support.lab import need

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "inventory/lab"
_WITHIN_S = 7  # of the switch; 240 in the field
_RESEND_S = 3  # of Prometheus; 60 in the field
_PATIENCE_S = 40  # safety bound of every wait

pytestmark = pytest.mark.lab


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


class Chain:
    """The monitoring of a county on one host, the sender, and the switch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports = {
            name: free_port() for name in ("collector", "prometheus", "alertmanager", "sender", "deadman")
        }
        self.running: dict[str, subprocess.Popen] = {}
        self._files()

    def at(self, name: str, path: str = "") -> str:
        return f"127.0.0.1:{self.ports[name]}{path}"

    def start(self, name: str) -> None:
        log = (self.folder / f"{name}.log").open("ab")
        self.running[name] = subprocess.Popen(
            self._commands()[name], cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL
        )

    def kill(self, name: str) -> None:
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for name in tuple(self.running):
            self.kill(name)

    def outside(self) -> str:
        """What the switch has told."""
        return self._text("outside")

    def inside(self) -> str:
        """What the sender has told."""
        return self._text("inside")

    def until(self, wanted, what: str) -> None:
        end = time.monotonic() + _PATIENCE_S
        while time.monotonic() < end:
            if wanted():
                return
            time.sleep(0.1)
        logs = "".join(f"== {file.name}\n{file.read_text()[-600:]}\n" for file in self.folder.glob("*.log"))
        pytest.fail(f"not {what}\noutside: {self.outside()}\ninside: {self.inside()}\n{logs}")

    def _text(self, name: str) -> str:
        with suppress(FileNotFoundError):
            return (self.folder / name).read_text("utf-8")
        return ""

    def _commands(self) -> dict[str, list]:
        config = self.folder
        return {
            "collector": [sys.executable, "-m", "exporters", "--config.file", config / "collector.yml",
                          "--web.listen-address", self.at("collector")],
            "prometheus": ["prometheus", f"--config.file={config}/prometheus.yml",
                           f"--storage.tsdb.path={config}/tsdb", f"--web.listen-address={self.at('prometheus')}",
                           f"--rules.alert.resend-delay={_RESEND_S}s"],
            "alertmanager": ["prometheus-alertmanager", f"--config.file={config}/alertmanager.yml",
                             f"--storage.path={config}/silences", "--cluster.listen-address=",
                             f"--web.listen-address={self.at('alertmanager')}"],
            "sender": [sys.executable, "-m", "tests.exporters.sender", str(self.ports["sender"]),
                       f"http://{self.at('deadman', '/beat/sender')}", config / "inside"],
            "deadman": [sys.executable, "-m", "exporters.deadman", "--config.file", config / "deadman.yml",
                        "--web.listen-address", self.at("deadman")],
        }  # fmt: skip

    def _files(self) -> None:
        (self.folder / "credentials").mkdir()
        rules = (ROOT / "dashboards/alerts/monitoring.yml").read_text("utf-8")
        shorter, count = re.subn(r"for: 2m\b", "for: 2s", rules.replace("interval: 15s", "interval: 1s"))
        assert count == 1, "ExporterDown waits for two minutes"
        (self.folder / "rules.yml").write_text(shorter, "utf-8")
        self._write(
            "collector.yml", {"inventory": str(INVENTORY), "credentials": str(self.folder / "credentials")}
        )
        self._write(
            "prometheus.yml",
            {
                "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
                "rule_files": ["rules.yml"],
                "alerting": {"alertmanagers": [{"static_configs": [{"targets": [self.at("alertmanager")]}]}]},
                "scrape_configs": [
                    {"job_name": name, "static_configs": [{"targets": [self.at(name)]}]}
                    for name in ("collector", "deadman")
                ],
            },
        )
        quick = {"group_wait": "0s", "group_interval": "1s", "repeat_interval": "1s"}
        watchdog = {"matchers": ["alertname = Watchdog"], **quick}
        self._write(
            "alertmanager.yml",
            {
                "route": {
                    "receiver": "sender",
                    "group_by": ["alertname", "job"],
                    **quick,
                    "routes": [
                        {"receiver": "deadman", "continue": True, **watchdog},
                        {"receiver": "sender", **watchdog},
                    ],
                },
                "receivers": [
                    self._receiver("deadman", self.at("deadman", "/beat/alertmanager")),
                    self._receiver("sender", self.at("sender", "/")),
                ],
            },
        )
        tell = f"{{ echo $NANXI_EVENT; cat; }} >> {self.folder}/outside"
        self._write(
            "deadman.yml",
            {
                "beats": {name: {"within_s": _WITHIN_S} for name in ("alertmanager", "sender")},
                "notify": ["sh", "-c", tell],
                "language": "en",
            },
        )

    @staticmethod
    def _receiver(name: str, address: str) -> dict:
        return {"name": name, "webhook_configs": [{"url": f"http://{address}", "send_resolved": False}]}

    def _write(self, name: str, content: dict) -> None:
        (self.folder / name).write_text(yaml.safe_dump(content), "utf-8")


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    need("prometheus", "prometheus-alertmanager")
    made = Chain(tmp_path_factory.mktemp("chain"))
    try:
        for name in ("collector", "sender", "deadman", "alertmanager", "prometheus"):
            made.start(name)
        made.until(
            lambda: ages(made) is not None and max(ages(made).values()) < _WITHIN_S, "both hearts beat"
        )
        yield made
    finally:
        made.stop()


def ages(chain: Chain) -> dict[str, float] | None:
    """Return the ages of the beats, None while the switch does not serve or nothing has come since it started."""
    command = ["curl", "-fsS", f"http://{chain.at('deadman', '/metrics')}"]
    text = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    found = re.findall(r'nanxi_deadman_beat_age_seconds\{beat="(\w+)"\} ([\d.e-]+)', text)
    return {name: float(value) for name, value in found} or None


def test_a_dead_collector_is_told_by_the_usual_way(chain: Chain) -> None:
    before = _quiet(chain)
    chain.kill("collector")
    chain.until(lambda: chain.inside().count("ExporterDown") > before, "told that the collector is dead")
    chain.start("collector")


def test_a_dead_switch_is_told_by_the_usual_way(chain: Chain) -> None:
    before = _quiet(chain)
    chain.kill("deadman")
    chain.until(lambda: chain.inside().count("ExporterDown") > before, "told that the switch is dead")
    chain.start("deadman")


def _quiet(chain: Chain) -> int:
    """Wait until no exporter is down and return how often one was."""

    def down() -> list:
        return [one for one in alerts(chain) if one["labels"]["alertname"] == "ExporterDown"]

    chain.until(lambda: not down(), "every exporter is up")
    return chain.inside().count("ExporterDown")


def alerts(chain: Chain) -> list[dict]:
    """Return what Alertmanager holds as active."""
    command = ["curl", "-fsS", f"http://{chain.at('alertmanager', '/api/v2/alerts')}"]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_killed_one_by_one(chain: Chain) -> None:
    for victim, silent in (("sender", ["sender"]), ("alertmanager", ["alertmanager", "sender"])):
        told = _killed(chain, victim, silent)
        chain.start(victim)
        chain.until(
            lambda silent=silent, told=told: all(
                f"is back: {name}" in chain.outside()[told:] for name in silent
            ),
            f"told outside that {victim} is back",
        )
    _killed(chain, "prometheus", ["alertmanager", "sender"])
    # The trap: Alertmanager goes on repeating the alert after its Prometheus has died, for minutes in the field.
    assert "Watchdog" in {one["labels"]["alertname"] for one in alerts(chain)}


def _killed(chain: Chain, victim: str, silent: list[str]) -> int:
    """Kill a part, wait until every silent path was told outside, and return where its story begins."""
    told = len(chain.outside())
    chain.kill(victim)
    chain.until(
        lambda: all(f"no beat of {name} for" in chain.outside()[told:] for name in silent),
        f"told outside that {victim} is dead",
    )
    news = chain.outside()[told:]
    assert len(re.findall("^stopped$", news, re.MULTILINE)) == len(silent), news
    return told
