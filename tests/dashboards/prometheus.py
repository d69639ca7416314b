"""Debian's Prometheus on loopback, scraping given text every second, with the project's own rules."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

from tests.dashboards.promtool import RULES

HOST = "127.0.0.1"


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
def prometheus(folder: Path, target: int) -> Iterator[Prometheus]:
    """Run Prometheus with every rule evaluated once a second and yield it when it has seen some scrapes."""
    rules = []
    for file in RULES:
        content = yaml.safe_load(file.read_text("utf-8"))
        for group in content["groups"]:
            group["interval"] = "1s"
            for rule in group["rules"]:
                rule.pop("for", None)
        rules.append(folder / f"{file.parent.name}-{file.name}")
        rules[-1].write_text(yaml.safe_dump(content, allow_unicode=True), "utf-8")
    config = folder / "prometheus.yml"
    config.write_text(
        yaml.safe_dump(
            {
                "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                "rule_files": [str(rule) for rule in rules],
                "scrape_configs": [
                    {
                        "job_name": "fleet",
                        "honor_labels": True,
                        "static_configs": [{"targets": [f"{HOST}:{target}"]}],
                    }
                ],
            }
        )
    )
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    log = (folder / "prometheus.log").open("wb")
    process = subprocess.Popen(
        ["prometheus", f"--config.file={config}", f"--storage.tsdb.path={folder / 'data'}",
         f"--web.listen-address={HOST}:{port}", "--log.level=warn"],
        stdout=log, stderr=log,
    )  # fmt: skip
    try:
        yield Prometheus(port).ready(process, folder / "prometheus.log")
    finally:
        process.terminate()
        process.wait(10)
        log.close()


class Prometheus:
    """Its HTTP API."""

    def __init__(self, port: int) -> None:
        self._url = f"http://{HOST}:{port}/api/v1/"

    def ready(self, process: subprocess.Popen[bytes], log: Path, scrapes: int = 8) -> Prometheus:
        """Wait until it has scraped often enough for rates."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if process.poll() is not None:
                break
            try:
                found = self.get("query", query="count_over_time(up[1m])")["result"]
            except OSError:
                found = []
            if found and float(found[0]["value"][1]) >= scrapes:
                return self
            time.sleep(0.3)
        raise AssertionError(log.read_text("utf-8", "replace"))

    def get(self, path: str, **arguments: str) -> Any:
        """Return the data of a reply, or raise with Prometheus's own words."""
        url = f"{self._url}{path}?{urllib.parse.urlencode(arguments)}"
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:
                return json.load(reply)["data"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{arguments}: {error.read().decode()}") from None
