"""The dead man's switch by itself: what a beat is, what is told and when, and that it is told in the end."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from aiohttp.test_utils import TestClient, TestServer

from exporters.deadman.app import Deadman
from exporters.deadman.config import DeadmanConfig, load
from exporters.deadman.heart import Event, Heart
from exporters.deadman.message import MessageError, read
from nanxi.findings import InputError

EXAMPLE = Path(__file__).parents[2] / "exporters/deadman.example.yml"


def webhook(name: str = "Watchdog", status: str = "firing", **annotations: str) -> dict:
    alert = {"status": status, "labels": {"alertname": name}, "annotations": annotations, "startsAt": "x"}
    return {"version": "4", "receiver": "deadman", "status": status, "alerts": [alert]}


def test_a_silence_is_told_once_and_again_after_a_while() -> None:
    heart = Heart(within_s=210, repeat_s=3600, last=0)
    told = [(now, event.value) for now in range(0, 9000, 5) for event in heart.look(now)]
    assert told == [(215, "stopped"), (3815, "stopped"), (7415, "stopped")]


def test_a_beat_ends_it() -> None:
    heart = Heart(within_s=10, repeat_s=3600, last=0)
    assert list(heart.look(11)) == [Event.STOPPED]
    assert heart.beat("7", 12)
    assert list(heart.look(12)) == [Event.BACK]
    assert list(heart.look(13)) == []


def test_the_same_second_again_is_no_beat() -> None:
    """Alertmanager repeats the last Watchdog for minutes after Prometheus has died."""
    heart = Heart(within_s=10, repeat_s=3600, last=0)
    heart.beat("1700000000", 5)
    for now in (6, 9, 12, 15):
        assert not heart.beat("1700000000", now)
    assert list(heart.look(16)) == [Event.STOPPED]


def test_without_a_mark_every_message_is_a_beat() -> None:
    heart = Heart(within_s=10, repeat_s=3600, last=0)
    assert heart.beat(None, 9)
    assert heart.beat(None, 18)
    assert list(heart.look(27)) == []


def test_a_resolved_watchdog_is_no_beat() -> None:
    said = read(json.dumps(webhook(status="resolved", beat="7")).encode())
    assert (said.marks, said.alerts) == ((), ())


@pytest.mark.parametrize(
    "body", [b"{", b"[]", b"null", b'{"alerts": 3}', b'{"alerts": [{"status": 1}]}', b"\xff"]
)
def test_another_message_is_refused(body: bytes) -> None:
    with pytest.raises(MessageError):
        read(body)


def config(folder: Path, command: str, **more: object) -> DeadmanConfig:
    return DeadmanConfig(
        beats={"alertmanager": {"within_s": 5}},
        notify=("sh", "-c", f"cd {folder}; {command}"),
        retry_s=0.05,
        **more,
    )


async def until(wanted, seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not wanted():  # noqa: ASYNC110 - another process does it
            await asyncio.sleep(0.02)


def text_of(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""


async def test_over_http(tmp_path: Path) -> None:
    clock = [100.0]
    deadman = Deadman(config(tmp_path, "{ echo $NANXI_EVENT; cat; } >> told"), now=lambda: clock[0])
    async with TestClient(TestServer(deadman.app())) as client:
        assert (await client.post("/beat/alertmanager", json=webhook(beat="1"))).status == 200
        clock[0] += 6
        deadman.look()
        await until(lambda: "stopped\n监测链路中断：alertmanager 已 6 秒" in text_of(tmp_path / "told"))
        await client.post("/beat/alertmanager", json=webhook(beat="2"))
        deadman.look()
        await until(lambda: "back\n监测链路恢复" in text_of(tmp_path / "told"))
        late = webhook("AlertsNotDelivered", summary="发送失败\x1b[2J")
        await client.post("/beat/alertmanager", json=late)
        await until(lambda: "alert\n发送失败 [2J\n" in text_of(tmp_path / "told"))
        assert (await client.post("/beat/nobody")).status == 404
        assert (await client.post("/beat/alertmanager", data=b"{")).status == 400
        metrics = await (await client.get("/metrics")).text()
        assert 'nanxi_deadman_notices_total{event="stopped"} 1' in metrics
        judge = ["promtool", "check", "metrics"]
        done = await asyncio.to_thread(
            subprocess.run, judge, input=metrics, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr


async def test_it_is_told_in_the_end_and_in_order(tmp_path: Path) -> None:
    """The command fails twice; nothing is lost and nothing overtakes."""
    command = 'n=$(cat n 2>/dev/null || echo 0); echo $((n+1)) > n; [ "$n" -ge 2 ] && cat >> told'
    deadman = Deadman(config(tmp_path, command))
    running = asyncio.create_task(deadman.notifier.run())
    deadman.notifier.tell("stopped", "one")
    deadman.notifier.tell("back", "two")
    await until(lambda: text_of(tmp_path / "told") == "one\ntwo\n")
    assert deadman.notifier.failures == 2
    running.cancel()


async def test_a_command_that_hangs_is_ended(tmp_path: Path) -> None:
    command = "[ -e hung ] && cat >> told || { touch hung; exec sleep 60; }"
    deadman = Deadman(config(tmp_path, command, notify_timeout_s=0.2))
    running = asyncio.create_task(deadman.notifier.run())
    deadman.notifier.tell("stopped", "one")
    await until(lambda: text_of(tmp_path / "told") == "one\n")
    running.cancel()


def test_the_example_is_right() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exporters.deadman", "--config.file", EXAMPLE, "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (
        0,
        "beats alertmanager, sender; tells by /usr/local/bin/page-the-night-shift\n",
    )


def test_every_mistake_is_named(tmp_path: Path) -> None:
    file = tmp_path / "deadman.yml"
    file.write_text(yaml.safe_dump({"beats": {"A B": {}, "x": {"within_s": 0}}, "notify": [], "other": 1}))
    with pytest.raises(InputError) as caught:
        load(file)
    assert len(caught.value.findings) == 4
