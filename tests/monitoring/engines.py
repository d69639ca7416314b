"""Debian's engines as the roles' templates start them, on loopback and in a folder of the test's own."""

from __future__ import annotations

import json
import re
import shlex
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

ROLES = Path(__file__).parents[2] / "roles"


def template(role: str, name: str, **variables: Any) -> str:
    """Return a file of a role. ``variables`` override the role's defaults that are plain values."""
    folder = ROLES / role / "templates"
    environment = Environment(loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=False)
    environment.filters |= {
        "to_json": json.dumps,
        "to_nice_yaml": lambda value, **_: yaml.safe_dump(value, sort_keys=False),
    }
    defaults = yaml.safe_load((ROLES / role / "defaults/main.yml").read_text("utf-8"))
    plain = {key: value for key, value in defaults.items() if "{{" not in str(value)}
    return environment.get_template(name).render(plain | {"ansible_managed": "test"} | variables)


def command(role: str, unit: str, folder: Path, **variables: Any) -> list[str]:
    """Return what a role's unit starts, with its folders moved below ``folder``."""
    text = template(role, unit, **variables)
    line = re.search(r"^ExecStart=(.+)$", text, re.MULTILINE)
    assert line
    return [
        part.replace("/var/lib", str(folder)).replace("/etc/nanxi", str(folder))
        for part in shlex.split(line[1])
    ]


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Engine:
    """One process, which can be ended and started anew on what it left."""

    def __init__(self, folder: Path, port: int, argv: list[str], ready: str) -> None:
        self.port, self._argv, self._ready = port, argv, ready
        self._log = folder / f"{Path(argv[0]).name}-{port}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._argv, stdout=log, stderr=log)
        eventually(lambda: self.status(self._ready) in (200, 405), self._log.read_text)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None

    def status(self, path: str, body: bytes | None = None, method: str | None = None) -> int:
        """Return the status of a request, 0 when nobody answers."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, method=method)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def asked(self, query: str, **more: str) -> list[dict[str, Any]]:
        """Return the result of a PromQL query."""
        words = urllib.parse.urlencode({"query": query, **more})
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.port}/api/v1/query?{words}", timeout=10
        ) as answer:
            found: list[dict[str, Any]] = json.load(answer)["data"]["result"]
            return found


def eventually(condition: Callable[[], Any], told: Callable[[], str] = str, patience_s: float = 40) -> Any:
    """Return what ``condition`` gives as soon as it is true."""
    deadline = time.monotonic() + patience_s
    while not (found := condition()):
        assert time.monotonic() < deadline, told()[-2000:]
        time.sleep(0.2)
    return found


@contextmanager
def target() -> Iterator[int]:
    """Serve one metric, so that a scrape is a sample."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(f"nanxi_tick {time.time()}\n".encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
