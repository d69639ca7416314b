"""Debian's Prometheus on loopback with the project's own rules, and its HTTP API."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

HOST = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[2]
RULES = tuple(
    sorted([*(ROOT / "dashboards/rules").glob("*.yml"), *(ROOT / "dashboards/alerts").glob("*.yml")])
)


class PrometheusError(Exception):
    """Prometheus did not start or refused a query; the text is its own."""


@contextmanager
def exporter(exposition: Callable[[], bytes]) -> Iterator[int]:
    """Serve what ``exposition`` returns and yield the port."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = exposition()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def prometheus(
    folder: Path,
    target: int | None = None,
    *,
    interval_s: int = 1,
    rules: Sequence[Path] = RULES,
    wait_s: int = 60,
) -> Iterator[Prometheus]:
    """Run Prometheus on ``folder``/data, its rules evaluated every ``interval_s`` and firing at once.

    With a ``target`` (port of an exporter on loopback) it scrapes as often, and is yielded when it has seen enough
    scrapes for rates; without one it is yielded as soon as it answers.
    """
    config = folder / "prometheus.yml"
    config.write_text(yaml.safe_dump(_config(folder, target, interval_s, rules)))
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    log = (folder / "prometheus.log").open("wb")
    # Blocks that were filled in from outside may be older than any retention.
    command = [
        "prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
        "--storage.tsdb.retention.time=10y", f"--web.listen-address={HOST}:{port}", "--log.level=warn",
    ]  # fmt: skip
    process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        running = Prometheus(f"http://{HOST}:{port}")
        yield running.ready(
            process, folder / "prometheus.log", max(3, 8 // interval_s) if target else 0, wait_s
        )
    finally:
        process.terminate()
        process.wait(30)
        log.close()


def _config(folder: Path, target: int | None, interval_s: int, rules: Sequence[Path]) -> dict[str, Any]:
    made = []
    for file in rules:
        content = yaml.safe_load(file.read_text("utf-8"))
        for group in content["groups"]:
            group["interval"] = f"{interval_s}s"
            for rule in group["rules"]:
                rule.pop("for", None)
        made.append(folder / f"{file.parent.name}-{file.name}")
        made[-1].write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    targets = [{"targets": [f"{HOST}:{target}"]}] if target else []
    return {
        "global": {"scrape_interval": f"{interval_s}s", "evaluation_interval": f"{interval_s}s"},
        "rule_files": [str(rule) for rule in made],
        "scrape_configs": [
            {
                "job_name": "fleet",
                "honor_labels": True,
                "scrape_timeout": f"{interval_s}s",
                "static_configs": targets,
            }
        ],
    }


class Prometheus:
    """Its HTTP API."""

    def __init__(self, url: str) -> None:
        self.url = url.rstrip("/")

    def ready(self, process: subprocess.Popen[bytes], log: Path, scrapes: int, wait_s: int) -> Prometheus:
        """Wait at most ``wait_s`` until it answers, and has scraped so often in the last minutes."""
        end = time.monotonic() + wait_s
        while time.monotonic() < end:
            if process.poll() is not None:
                break
            try:
                found = self.get("query", query='count_over_time(up{job="fleet"}[5m])')["result"]
            except (OSError, PrometheusError):
                time.sleep(0.3)
                continue
            if not scrapes or (found and float(found[0]["value"][1]) >= scrapes):
                return self
            time.sleep(0.3)
        raise PrometheusError(log.read_text("utf-8", "replace")[-2000:] or "Prometheus was not ready in time")

    def get(self, path: str, **arguments: str) -> Any:
        """Return the data of a reply, or raise with Prometheus's own words.

        Raises:
            PrometheusError: it refused the query.
            OSError: it does not answer.
        """
        url = f"{self.url}/api/v1/{path}?{urllib.parse.urlencode(arguments)}"
        try:
            with urllib.request.urlopen(url, timeout=60) as reply:  # noqa: S310 - http and a port of this machine
                return json.load(reply)["data"]
        except urllib.error.HTTPError as error:
            raise PrometheusError(f"{arguments}: {error.read().decode()}") from None
