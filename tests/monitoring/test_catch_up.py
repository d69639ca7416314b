"""A station whose WAN is cut keeps measuring, and the county gets every sample afterwards (H3); only writing passes."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.monitoring.engines import Engine, command, eventually, free_port, target, template
from tests.support.lab import need

pytestmark = pytest.mark.foreign

_UP = 'nanxi_tick{station="shangtang-host01"}'


def prometheus(folder: Path, name: str, exporter: int, *, receives: bool, queue: int = 0) -> Engine:
    port = free_port()
    config = folder / f"{name}.yml"
    text = template(
        "prometheus",
        "prometheus.yml.j2",
        inventory_hostname=name,
        prometheus_scrape_interval="1s",
        prometheus_scrape_timeout="1s",
        prometheus_external_labels={"station": name},
        prometheus_listen=f"127.0.0.1:{port}",
        prometheus_rules=False,
        prometheus_alertmanagers=[],
        prometheus_out_of_order="3d" if receives else "0s",
        prometheus_remote_write=[{"url": f"http://127.0.0.1:{queue}/api/v1/write"}] if queue else [],
        metrics_queue_url="",
        exporter_listen=f"127.0.0.1:{exporter}",
        exporter_modules={},
    )
    config.write_text(text)
    options = [f"--config.file={config}", f"--storage.tsdb.path={folder / name}", "--log.level=warn"]
    options += ["--web.enable-remote-write-receiver"] if receives else []
    return Engine(
        folder, port, ["prometheus", *options, f"--web.listen-address=127.0.0.1:{port}"], "/-/ready"
    )


def queue(folder: Path, name: str, url: str, keep: str = "[]") -> Engine:
    port, own = free_port(), folder / name
    (own / "queue").mkdir(parents=True)
    (own / "queue/keep.yml").write_text(keep)
    argv = command(
        "metrics_queue",
        "nanxi-queue.service.j2",
        own,
        metrics_queue_url=url,
        metrics_queue_listen=f"127.0.0.1:{port}",
    )
    return Engine(folder, port, argv, "/health")


def door(folder: Path, to: int) -> Engine:
    port = free_port()
    text = template(
        "metrics_door",
        "haproxy.cfg.j2",
        metrics_door_listen=f"127.0.0.1:{port}",
        metrics_door_target=f"127.0.0.1:{to}",
    )
    kept = [line for line in text.splitlines() if line.split()[:1] not in (["user"], ["group"], ["log"])]
    (folder / "haproxy.cfg").write_text("\n".join(kept) + "\n")
    return Engine(folder, port, ["haproxy", "-db", "-f", str(folder / "haproxy.cfg")], "/")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[dict[str, Engine]]:
    """exporter -> station's Prometheus -> its queue -> the county's door -> the county's Prometheus."""
    need("prometheus", "haproxy", "vmagent")
    with target() as exporter:
        county = prometheus(tmp_path, "county-host04", exporter, receives=True)
        shut = door(tmp_path, county.port)
        waiting = queue(tmp_path, "queue", f"http://127.0.0.1:{shut.port}/api/v1/write")
        station = prometheus(tmp_path, "shangtang-host01", exporter, receives=False, queue=waiting.port)
        engines = {"county": county, "door": shut, "queue": waiting, "station": station}
        try:
            for engine in engines.values():
                engine.start()
            yield engines
        finally:
            for engine in reversed(engines.values()):  # who writes before who takes
                if engine.process:
                    engine.process.send_signal(signal.SIGCONT)
                engine.stop()


def moments(engine: Engine, selector: str) -> set[float]:
    """Return the times of the samples of the last two minutes."""
    return {time for one in engine.asked(f"{selector}[2m]") for time, _ in one["values"]}


def test_no_sample_is_missing_after_a_cut_and_restarts_of_everything_at_the_station(
    line: dict[str, Engine], tmp_path: Path
) -> None:
    county, station, waiting = line["county"], line["station"], line["queue"]
    eventually(lambda: moments(county, _UP))
    shut = line["door"].process
    assert shut
    shut.send_signal(signal.SIGSTOP)  # it takes connections and never answers: the nastier way to be cut off
    cut = time.time()
    time.sleep(4)
    for engine in (waiting, station):
        engine.stop()
        engine.start()
    time.sleep(4)
    back = time.time()
    measured = {moment for moment in moments(station, "nanxi_tick") if cut < moment < back}
    assert len(measured) >= 5
    assert not [moment for moment in moments(county, _UP) if cut + 1 < moment < back]
    shut.send_signal(signal.SIGCONT)
    eventually(
        lambda: measured <= moments(county, _UP),
        lambda: f"missing: {sorted(measured - moments(county, _UP))}",
    )


def test_what_waited_for_two_days_is_taken(line: dict[str, Engine]) -> None:
    """Prometheus takes nothing older than an hour beside newer series, unless it is told to (out_of_order_time_window)."""
    county, waiting = line["county"], line["queue"]
    eventually(lambda: moments(county, _UP))
    old_ms = int((time.time() - 48 * 3600) * 1000)
    for index in range(10):
        sample = f'nanxi_late{{station="x"}} {index} {old_ms + index * 1000}\n'.encode()
        assert waiting.status("/api/v1/import/prometheus", sample) in (200, 204)
    at = f"{old_ms / 1000 + 10:.0f}"
    eventually(
        lambda: [len(one["values"]) for one in county.asked("nanxi_late[1m]", time=at)] == [10],
        lambda: str(county.asked("nanxi_late[1m]", time=at)),
    )


def test_through_the_door_one_can_write_and_nothing_else(line: dict[str, Engine]) -> None:
    shut, county = line["door"], line["county"]
    assert county.status("/api/v1/query?query=up") == 200  # it would answer
    assert shut.status("/api/v1/query?query=up") == 405
    assert shut.status("/api/v1/query", b"query=up") == 404
    assert shut.status("/api/v1/write?x=1", b"x") == 400
    assert shut.status("/api/v1/write/../query", b"query=up") == 404
    assert shut.status("/-/quit", b"", "POST") == 404
    assert shut.status("/api/v1/write", b"no snappy") == 400  # the engine's own refusal: it came through
    assert shut.status("/api/v1/write", bytes(17 << 20)) in (0, 413)


def test_the_city_gets_the_figures_and_not_every_device(tmp_path: Path) -> None:
    need("victoria-metrics", "vmagent")
    port = free_port()
    argv = template(
        "victoriametrics",
        "default.j2",
        victoriametrics_listen=f"127.0.0.1:{port}",
        victoriametrics_data=str(tmp_path / "city"),
        victoriametrics_min_free_disk="1MB",
    )
    city = Engine(tmp_path, port, ["victoria-metrics", *argv.split('"')[1].split()], "/health")
    keep = "- {action: keep, source_labels: [__name__], regex: 'nanxi:.*'}\n"
    waiting = queue(tmp_path, "up", f"http://127.0.0.1:{port}/api/v1/write", keep)
    try:
        city.start()
        waiting.start()
        sample = b'nanxi:unit_online_ratio{unit="oubei"} 0.97\nnanxi_rtsp_up{device="oubei-cam0001"} 1\n'
        assert waiting.status("/api/v1/import/prometheus", sample) in (200, 204)
        eventually(lambda: city.asked("nanxi:unit_online_ratio[5m]"))
        assert not city.asked("nanxi_rtsp_up[5m]")
    finally:
        waiting.stop()
        city.stop()
