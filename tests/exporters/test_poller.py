"""The poller: nobody waits for a device that hangs, and nothing old passes for new."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from ipaddress import IPv4Address
from types import SimpleNamespace
from typing import Any

import pytest

from exporters.config import ModuleConfig
from exporters.fleet.board import Board, grouped
from exporters.fleet.figures import Figures
from exporters.fleet.poller import Poller, polled
from exporters.fleet.suspects import Suspects
from exporters.probe import ProbeLog, Result, Task, Verdict, identity
from exporters.services import Services
from exporters.signals import Samples
from exporters.signals.exposition import text
from exporters.web.app import Exporter
from nanxi.county.model import Network, PointClass
from nanxi.devices.errors import HostileError, UnreachableError
from nanxi.register.model import Camera, Kind, State, Switch


def camera(number: int, state: State = State.ACCEPTED, **more: Any) -> Camera:
    return Camera(
        unit="unit",
        serial=number,
        code=f"3303240100132000{number:04d}",
        name="点",
        state=state,
        vendor="generic",
        network=Network.PUBLIC,
        ipv4=IPv4Address("127.0.0.1"),
        point_class=PointClass.CLASS_3,
        place="点",
        **more,
    )


def module(**options: Any) -> ModuleConfig:
    return ModuleConfig(
        prober="onvif",
        kinds=frozenset({Kind.CAMERA}),
        **{"interval_s": 0.5, "deadline_s": 0.4, "recheck_s": 0.05, **options},
    )


async def poll(devices: list[Camera], prober: Any, seconds: float, **options: Any) -> Poller:
    poller = Poller("onvif", module(**options), prober, SimpleNamespace(candidates=lambda _: devices))  # type: ignore[arg-type]
    with suppress(TimeoutError):
        await asyncio.wait_for(poller.run(), seconds)
    return poller


async def good(task: Task) -> Verdict:
    task.samples.add("nanxi_device_reachable", 1)
    return Verdict.OK


async def test_every_device_has_its_turn_each_interval() -> None:
    poller = await poll([camera(number) for number in range(1, 101)], good, 1.6)
    assert poller.figures.verdicts["ok"] >= 200
    assert {poller.board.verdict(f"unit-cam{number:04d}") for number in range(1, 101)} == {Verdict.OK}


async def test_devices_that_hang_make_no_other_late() -> None:
    """Two places, ten devices that hang: without a lane of their own they would hold both places for good."""
    probed: list[str] = []

    async def prober(task: Task) -> Verdict:
        if task.device.serial <= 10:
            await asyncio.sleep(3600)
        probed.append(task.device.host)
        return Verdict.OK

    await poll([camera(number) for number in range(1, 31)], prober, 4, concurrency=2)
    later = probed[-60:]
    assert {later.count(f"unit-cam{number:04d}") for number in range(11, 31)} <= {1, 2, 3, 4, 5}
    assert len(probed) > 80  # 20 healthy ones, 8 intervals, the first of which the hanging ones spoil


async def test_a_turn_is_left_out_while_the_last_one_runs() -> None:
    running = 0

    async def prober(task: Task) -> Verdict:
        nonlocal running
        running += 1
        assert running == 1
        await asyncio.sleep(0.35)
        running -= 1
        return Verdict.HOSTILE if task.services is None else Verdict.FAILED

    poller = await poll([camera(1)], prober, 1.5, interval_s=0.4)
    assert poller.figures.verdicts["failed"] >= 2


async def test_a_first_failure_is_looked_at_again_soon() -> None:
    ends: list[float] = []
    answers = iter([Verdict.OK, Verdict.UNREACHABLE, Verdict.OK])

    async def prober(_: Task) -> Verdict:
        ends.append(asyncio.get_running_loop().time())
        return next(answers, Verdict.OK)

    await poll([camera(1)], prober, 4, interval_s=1.6)
    assert ends[2] - ends[1] < 1.3  # not a whole interval


async def test_the_state_in_the_register_decides_who_is_polled() -> None:
    rows = [camera(number, state) for number, state in enumerate(State, 1)]
    assert {one.state for one in polled(rows, module())} == {State.INSTALLED, State.TRIAL, State.ACCEPTED}


async def test_of_an_analog_camera_there_is_only_a_picture() -> None:
    analog = camera(50, encoder="unit-enc01", channel=1)
    assert not polled([analog], module())
    looks = module().model_copy(update={"prober": "rtsp"})
    assert polled([analog], looks) == [analog]


async def test_a_device_that_left_the_register_is_forgotten() -> None:
    devices = [camera(1), camera(2)]
    poller = await poll(devices, good, 0.8)
    devices.pop()
    poller.refresh()
    assert not any("cam0002" in line for _, line in poller.board.lines())


def result(verdict: Verdict, ended: float, **samples: float) -> Result:
    found = Samples(identity(camera(1)))
    for name, value in samples.items():
        found.add(name, value)
    return Result(verdict, 0.1, ended, found, ProbeLog())


@pytest.fixture
def clock() -> SimpleNamespace:
    return SimpleNamespace(now=1000.0)


@pytest.fixture
def board(clock) -> Board:
    board = Board("onvif", 60, lambda: clock.now)
    board.set_devices([identity(camera(1))])
    return board


def shown(board: Board, read: Any) -> dict[tuple[str, ...], float]:
    return read(text(grouped([board.lines()])).decode())


def test_a_device_that_was_never_probed_is_unknown(board, read) -> None:
    assert shown(board, read) == {
        ("nanxi_probe_age_seconds", "onvif"): float("inf"),
        ("nanxi_probe_verdict", "onvif", "unknown"): 1,
    }


def test_a_failure_takes_every_value_of_the_success_before_away(board, read) -> None:
    board.put(
        "unit-cam0001",
        result(Verdict.OK, 1000, nanxi_device_reachable=1, nanxi_device_clock_offset_seconds=0.1),
    )
    assert ("nanxi_device_clock_offset_seconds",) in shown(board, read)
    board.put("unit-cam0001", result(Verdict.UNREACHABLE, 1001, nanxi_device_reachable=0))
    assert shown(board, read) == {
        ("nanxi_device_reachable",): 0,
        ("nanxi_probe_success", "onvif"): 0,
        ("nanxi_probe_verdict", "onvif", "unreachable"): 1,
        ("nanxi_probe_duration_seconds", "onvif"): 0.1,
        ("nanxi_probe_timestamp_seconds", "onvif"): 1001,
        ("nanxi_probe_failing_since_timestamp_seconds", "onvif"): 1001,
        ("nanxi_probe_age_seconds", "onvif"): 0,
    }


def test_a_failure_began_with_the_first_of_a_row(board, read) -> None:
    since = ("nanxi_probe_failing_since_timestamp_seconds", "onvif")
    board.put("unit-cam0001", result(Verdict.UNREACHABLE, 1000))
    board.put("unit-cam0001", result(Verdict.HOSTILE, 1060))
    assert shown(board, read)[since] == 1000
    for well in (Verdict.OK, Verdict.BUSY):
        board.put("unit-cam0001", result(well, 1120))
        assert since not in shown(board, read)
    board.put("unit-cam0001", result(Verdict.UNREACHABLE, 1180))
    assert shown(board, read)[since] == 1180


def test_a_result_that_is_too_old_is_unknown(board, clock, read) -> None:
    board.put("unit-cam0001", result(Verdict.OK, 1000, nanxi_device_reachable=1))
    clock.now = 1180
    assert shown(board, read)[("nanxi_device_reachable",)] == 1
    clock.now = 1181
    assert shown(board, read) == {
        ("nanxi_probe_age_seconds", "onvif"): 181,
        ("nanxi_probe_verdict", "onvif", "unknown"): 1,
    }


async def test_an_error_of_a_driver_is_a_verdict_of_that_device_only() -> None:
    async def prober(task: Task) -> Verdict:
        if task.device.serial == 1:
            raise HostileError("endless bytes")
        if task.device.serial == 2:
            raise ZeroDivisionError
        return Verdict.OK

    poller = await poll([camera(1), camera(2), camera(3)], prober, 0.8)
    verdicts = [poller.board.verdict(f"unit-cam000{number}") for number in (1, 2, 3)]
    assert verdicts == [Verdict.HOSTILE, Verdict.FAILED, Verdict.OK]


def test_who_hangs_does_not_count_as_late() -> None:
    figures = Figures("onvif", 60)
    figures.set_devices(10)
    for late in (0.1, None, 0.3):
        figures.began(late)
    late = {
        one.labels[1]: one.value
        for one in figures.samples()
        if one.signal.name == "nanxi_poller_lateness_seconds"
    }
    assert late == {"median": 0.3, "p99": 0.3, "max": 0.3}
    assert figures.running == 3


async def test_what_one_module_loses_the_others_look_at_soon() -> None:
    """H1: call-ups come every five minutes; until then a dead camera would count as heard by the last good one."""
    devices, seen = [camera(1), camera(2)], []

    async def lose_the_first(task: Task) -> Verdict:
        again = [host for name, host in seen if name == "onvif"].count(task.device.host)
        seen.append(("onvif", task.device.host))
        if again and task.device.serial == 1:
            raise UnreachableError("no connection in time")
        return Verdict.OK

    async def call_up(task: Task) -> Verdict:
        seen.append(("rtsp", task.device.host))
        return Verdict.OK

    services = SimpleNamespace(candidates=lambda _: devices)
    seldom = Poller("rtsp", module(interval_s=80_000), call_up, services)  # type: ignore[arg-type]
    often = Poller(
        "onvif",
        module(),
        lose_the_first,
        services,
        turned=lambda _, host, __: seldom.doubt(host),  # type: ignore[arg-type]
    )
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.gather(often.run(), seldom.run()), 1.4)
    assert [host for name, host in seen if name == "rtsp"] == ["unit-cam0001"]


async def test_the_exporter_brings_its_pollers_together(make_config: Any, credentials: Any) -> None:
    """What a camera's switch says settles whose fault it is (H2); who is back is no news of its switch."""
    config = make_config(poll=True)
    rtsp = config.modules["onvif"].model_copy(update={"prober": "rtsp", "interval_s": 80_000.0})
    exporter = Exporter(
        config := config.model_copy(update={"modules": {**config.modules, "rtsp": rtsp}}), Services(config)
    )
    told: dict[str, set[str]] = {"onvif": set(), "rtsp": set()}
    for name, seen in told.items():
        exporter.pollers[name].doubt = seen.add  # type: ignore[method-assign]
    turned = exporter.pollers["onvif"]._turned
    assert turned
    turned("onvif", "shangtang-cam0001", False)
    assert told == {"onvif": set(), "rtsp": {"shangtang-cam0001"}}
    turned("onvif", "shangtang-cam0001", True)
    switch = exporter.services.estate.devices["shangtang-cam0001"].switch
    assert switch
    assert told == {"onvif": {switch}, "rtsp": {"shangtang-cam0001", switch}}


async def test_a_doubt_during_a_look_brings_another_look() -> None:
    """The look began before the doubt: it may have seen what is over."""
    began = 0

    async def slow(_: Task) -> Verdict:
        nonlocal began
        began += 1
        if began == 1:
            poller.doubt("unit-cam0001")
            poller.doubt("unit-cam0001")
        return Verdict.OK

    services = SimpleNamespace(candidates=lambda _: [camera(1)])
    poller = Poller("onvif", module(interval_s=80_000), slow, services)  # type: ignore[arg-type]
    with suppress(TimeoutError):
        async with asyncio.timeout(0.6):
            task = asyncio.create_task(poller.run())
            await asyncio.sleep(0.05)
            poller.doubt("unit-cam0001")
            await task
    assert began == 2


def switch(number: int, above: str = "", unit: str = "unit") -> Switch:
    return Switch(
        unit=unit,
        serial=number,
        code=f"3303240100111{number:07d}",
        name="交换机",
        state=State.ACCEPTED,
        vendor="huawei",
        network=Network.POLICE,
        platform="huawei_vrp",
        switch=above,
    )


def test_who_may_be_the_reason() -> None:
    core, access = switch(1, unit="county"), switch(2, "county-sw01")
    loose, plugged = camera(1), camera(2, switch="unit-sw02")
    suspects = Suspects([core, access, switch(3, "county-sw01"), loose, plugged])
    assert suspects.of(plugged) == {"unit-sw02"}
    assert suspects.of(loose) == {"unit-sw02", "unit-sw03"}
    assert suspects.of(access) == {"county-sw01", "unit-sw03"}
    assert suspects.of(core) == frozenset()
