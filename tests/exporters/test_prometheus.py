"""Prometheus itself scrapes an exporter with the example configuration: by poller, and by service discovery and probe."""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.lab import need

CAMERAS = ["shangtang-cam0001", "shangtang-cam0002"]
EXAMPLE = Path(__file__).parents[2] / "exporters/prometheus.example.yml"


def test_promtool_accepts_the_example() -> None:
    need("promtool")
    done = subprocess.run(
        ["promtool", "check", "config", EXAMPLE], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.lab
async def test_prometheus_has_every_device_once(cameras, make_config, serve, tmp_path) -> None:
    need("prometheus")
    cameras({host: {} for host in CAMERAS})
    config = make_config(poll=True, kinds=["cameras"], interval_s=2, deadline_s=2)
    client = await serve(config.model_copy(update={"units": frozenset({"shangtang"})}))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    example = yaml.safe_load(
        EXAMPLE.read_text().replace("127.0.0.1:9741", client.base.removeprefix("http://"))
    )
    for job in example["scrape_configs"]:
        job |= {"scrape_interval": "1s", "scrape_timeout": "1s"}
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(example))
    process = await asyncio.create_subprocess_exec(
        shutil.which("prometheus") or "prometheus",
        f"--config.file={tmp_path}/prometheus.yml",
        f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address=127.0.0.1:{port}",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        query = 'count by (device, job) (nanxi_device_reachable{device=~"shangtang-cam000[12]"} == 1)'
        for _ in range(100):
            await asyncio.sleep(0.2)
            found = await _ask(client.session, port, query)
            if len(found) == 2 * len(CAMERAS):
                break
        assert {(one["metric"]["device"], one["metric"]["job"], one["value"][1]) for one in found} == {
            (host, job, "1") for host in CAMERAS for job in ("nanxi", "nanxi-probe")
        }
        # No label was renamed to exported_*: both sides set the same ones.
        assert await _ask(client.session, port, '{__name__=~"nanxi_.+", exported_device!=""}') == []
        joined = "nanxi_probe_age_seconds * on (device) group_left (switch) nanxi_device_info{job='nanxi'}"
        assert len(await _ask(client.session, port, joined)) >= len(CAMERAS)
    finally:
        process.terminate()
        await process.wait()


async def _ask(session, port: int, query: str) -> list:
    try:
        async with session.get(f"http://127.0.0.1:{port}/api/v1/query", params={"query": query}) as answer:
            return (await answer.json())["data"]["result"] if answer.status == 200 else []
    except OSError:
        return []
