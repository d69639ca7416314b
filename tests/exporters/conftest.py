"""An exporter over the lab's register, with twins of some of its devices."""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession, web
from prometheus_client.parser import text_string_to_metric_families

from exporters.config import Config
from exporters.services import Services
from exporters.web.app import Exporter
from exporters.web.toolkit import WebConfig
from lab.twin.fleetfile import FleetConfig, HostEntry
from nanxi.county.load import load_plan
from nanxi.devices.guard import LockoutGuard
from nanxi.estate import Estate, load_estate
from tests.support.lab import need

INVENTORY = Path(__file__).parents[2] / "inventory/lab"
PASSWORD = "Exporter-Look-77"
USERS = [
    {"name": "admin", "password": "Only-Admin-77", "level": "Administrator"},
    {"name": "recorder", "password": PASSWORD, "level": "User"},
]


@pytest.fixture(scope="session")
def estate() -> Estate:
    return load_estate(INVENTORY)


@pytest.fixture
def credentials(tmp_path: Path, estate: Estate) -> Path:
    """Passwords of every device, as a role delivers them."""
    folder = tmp_path / "credentials"
    folder.mkdir()
    for unit in {one.unit for one in estate.devices.values()}:
        file = folder / f"{unit}.json"
        hosts = [host for host, one in estate.devices.items() if one.unit == unit]
        file.write_text(json.dumps({host: {"recorder": PASSWORD} for host in hosts}))
        file.chmod(0o600)
    return folder


#: Makes a configuration of one module; options go to the module.
MakeConfig = Callable[..., Config]


@pytest.fixture
def make_config(credentials: Path) -> MakeConfig:
    def make(prober: str = "onvif", **options: Any) -> Config:
        module = {"prober": prober, "kinds": ["cameras", "encoders", "nvrs"], "poll": False, **options}
        return Config(inventory=INVENTORY, credentials=credentials, modules={prober: module})

    return make


@pytest.fixture
def guard(tmp_path: Path) -> LockoutGuard:
    return LockoutGuard(tmp_path / "guard")


@pytest.fixture
def cameras(twins: Any, estate: Estate) -> Any:
    """Start twins with our account: ``cameras({host: entry})``."""

    def start(entries: dict[str, dict[str, Any]]) -> Any:
        hosts = {
            host: HostEntry.model_validate(
                {
                    **entry,
                    "overrides": {
                        **entry.get("overrides", {}),
                        "factory": {"users": USERS, **entry.get("overrides", {}).get("factory", {})},
                    },
                }
            )
            for host, entry in entries.items()
        }
        return twins([estate.devices[host] for host in hosts], FleetConfig(hosts=hosts))

    return start


class Client:
    """Asks a running exporter."""

    def __init__(self, base: str, session: ClientSession, exporter: Exporter) -> None:
        self.base = base
        self.session = session
        self.exporter = exporter

    async def get(self, path: str, **options: Any) -> tuple[int, str]:
        async with self.session.get(self.base + path, **options) as response:
            return response.status, await response.text()


@pytest.fixture
async def serve(guard: LockoutGuard) -> AsyncIterator[Any]:
    """``await serve(config)`` gives a Client."""
    runners: list[web.AppRunner] = []
    sessions: list[ClientSession] = []

    async def start(config: Config, access: WebConfig | None = None, tls: Any = None) -> Client:
        exporter = Exporter(config, Services(config, guard))
        runner = web.AppRunner(exporter.app(access))
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        port = runner.addresses[0][1]
        session = ClientSession()
        sessions.append(session)
        return Client(f"{'https' if tls else 'http'}://127.0.0.1:{port}", session, exporter)

    yield start
    for session in sessions:
        await session.close()
    for runner in runners:
        await runner.cleanup()


def values(text: str) -> dict[tuple[str, ...], float]:
    """Return the samples of an exposition: (name, labels beyond the identity …) to value."""
    identity = {"device", "kind", "unit", "class", "network"}
    return {
        (
            sample.name,
            *(value for name, value in sorted(sample.labels.items()) if name not in identity),
        ): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def promtool(text: str) -> tuple[int, str]:
    """Return what Prometheus's own checker says of an exposition."""
    need("promtool")
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


@pytest.fixture
def checked() -> Any:
    return promtool


@pytest.fixture
def read() -> Any:
    return values


@pytest.fixture(scope="session")
def yongjia_plan() -> Any:
    return load_plan(INVENTORY.parent / "yongjia/plan")
