"""A recorder host's exporter: what a call-up at the gate means, whom it calls up, and what it says of the gate itself."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from exporters.config import Config
from exporters.fleet.poller import polled
from exporters.gate import follow
from exporters.gate.collect import collect_gate
from exporters.gate.status import Held
from exporters.probe import run_probe
from exporters.rtsp.probe import probe_rtsp
from exporters.services import Services
from nanxi.devices.errors import UnreachableError
from nanxi.devices.rtsp.call_up import CallUp
from nanxi.devices.rtsp.errors import BusyError
from nanxi.estate import Estate
from nanxi.gate.control import ControlError
from nanxi.recorder.render import recorded, recorded_in_use
from nanxi.register.model import Camera, Host, State

CAMERA, OTHER = "shangtang-cam0001", "shangtang-cam0003"
CASES = yaml.safe_load(Path("tests/cases/exporters/at-the-gate.yml").read_text("utf-8"))
MET = {"busy": BusyError("503", "503"), "silence": UnreachableError("no answer in time"), None: None}
MODULE = {"prober": "rtsp", "kinds": ["cameras"], "which": "recorded_here"}


def recorder(folder: Path, *cameras: str) -> Path:
    """Write what a host's recorder was told."""
    promise = {"point_class": "3", "days": 30}
    config = {"volumes": [str(folder)], "cameras": dict.fromkeys(cameras, promise)}
    (folder / "recording.json").write_text(json.dumps(config))
    return folder / "recording.json"


@pytest.fixture
def services(tmp_path, guard) -> Services:
    """Of a recorder host: there is no folder of credentials at all."""
    return Services(
        Config(
            inventory=Path(__file__).parents[2] / "inventory/lab",
            credentials=tmp_path / "nowhere",
            modules={"rtsp": MODULE},  # type: ignore[dict-item]
            collectors={"gate": 15},
            gate={"control": tmp_path / "control", "port": 1},  # type: ignore[arg-type]
            recording=recorder(tmp_path, CAMERA, OTHER),
        ),
        guard,
    )


@pytest.fixture
def gate(monkeypatch):
    """Let the gate say something: of the stream main of CAMERA, or ``dead`` or ``nonsense``."""

    def says(word: Any) -> None:
        def answer(_: Path) -> Any:
            if word == "dead":
                raise ControlError("the gate does not answer")
            if word == "nonsense":
                return {"streams": ["?"]}
            usual = {"camera": CAMERA, "stream": "main", "cause": None, "reason": "", "silent_s": 0.0}
            return {"streams": [{**usual, **word}] if word else []}

        monkeypatch.setattr("exporters.gate.status.ask_status", answer)

    return says


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
async def test_a_call_up_at_the_gate(case, services, gate, monkeypatch) -> None:
    gate(case["gate"])
    met = MET[case.get("meets")]

    async def met_at_the_gate(target, guard, **_) -> CallUp:
        assert (str(target.address), target.credential) == ("127.0.0.1", None)
        return CallUp(error=met) if met else CallUp("H264", 0.01, 0.0, 0.0)

    monkeypatch.setattr("exporters.rtsp.probe.call_up", met_at_the_gate)
    result = await run_probe(
        probe_rtsp, services.estate.devices[CAMERA], services.config.modules["rtsp"], services, 5
    )
    found = {one.signal.name: one.value for one in result.samples}
    assert (result.verdict, found.get("nanxi_rtsp_up"), found["nanxi_rtsp_busy"]) == (
        case["verdict"],
        case.get("up"),
        case["busy"],
    )
    assert case.get("reason", "") in "\n".join(result.log.lines)


def test_exactly_the_cameras_of_this_host_are_called_up(services, estate, tmp_path) -> None:
    module = services.config.modules["rtsp"]

    def called_up() -> set[str]:
        return {one.host for one in polled(services.candidates(module), module)}

    assert called_up() == {CAMERA, OTHER}
    analog = next(one.host for one in estate.devices.values() if isinstance(one, Camera) and one.encoder)
    recorder(tmp_path, CAMERA, analog, "shangtang-cam0999")
    # What the register does not have is nobody; an analog camera is a stream at the gate as any other.
    assert called_up() == {CAMERA, analog}
    (tmp_path / "recording.json").write_text("{")
    assert called_up() == set()


def in_state(estate: Estate, state: State) -> Estate:
    """Return the estate with every recorder host in a state."""
    devices = {
        name: one.model_copy(update={"state": state})
        if isinstance(one, Host) and one.role == "recorder"
        else one
        for name, one in estate.devices.items()
    }
    return Estate(estate.plan, devices)


def test_the_monitor_calls_up_who_is_recorded_nowhere(make_config, guard, estate, monkeypatch) -> None:
    config = make_config("rtsp", kinds=["cameras"], which="unrecorded")
    services, module = Services(config, guard), config.modules["rtsp"]
    everybody = {one.host for one in polled(services.watched(), module)}
    at_gates = {
        one.host
        for host in estate.devices.values()
        if isinstance(host, Host) and host.role == "recorder"
        for one in recorded(estate, host.unit, host.network)
    }
    found = {one.host for one in polled(services.candidates(module), module)}
    assert found == everybody - at_gates
    assert found
    assert at_gates & everybody
    # Every camera of the register in use is somebody's: at a gate, or the monitor's.
    assert recorded_in_use(estate) == at_gates
    # A host at the workshop records nothing: its cameras are the monitor's again.
    monkeypatch.setattr(Services, "estate", in_state(estate, State.REPAIR))
    assert {one.host for one in polled(services.candidates(module), module)} == everybody


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ({"playing": True}, {"up": 1, "cameras": 2, "playing_cameras": 1}),
        ({"playing": False}, {"up": 1, "cameras": 2, "playing_cameras": 0}),
        ({"playing": True, "camera": "shangtang-cam0009"}, {"up": 1, "cameras": 2, "playing_cameras": 0}),
        ("dead", {"up": 0, "cameras": 2, "playing_cameras": 0}),
        ("nonsense", {"up": 0, "cameras": 2, "playing_cameras": 0}),
    ],
)
def test_what_is_said_of_the_gate_itself(word, told, services, gate) -> None:
    gate(word)
    assert {one.signal.name.removeprefix("nanxi_gate_"): one.value for one in collect_gate(services)} == told


async def test_what_the_gate_loses_or_gets_back_is_called_up_at_once(services, monkeypatch, tmp_path) -> None:
    held, seen, looks = Held(True, "", "", 0.0), [], 0
    looked = [
        {(CAMERA, "main"): held, (OTHER, "main"): held},
        {(OTHER, "main"): held},
        {(CAMERA, "main"): held},
    ]

    async def look(_, within_s):
        nonlocal looks
        looks += 1
        return looked[min(looks, len(looked)) - 1]

    class Told:
        def doubt(self, host: str) -> None:
            seen.append(host)
            if len(seen) == 3:
                recorder(tmp_path, CAMERA)

        def refresh(self) -> None:
            seen.append("anew")
            done.set()

    monkeypatch.setattr(follow, "streams", look)
    done = asyncio.Event()
    task = asyncio.create_task(follow.follow(services, [Told()], 0.01))  # type: ignore[list-item]
    async with asyncio.timeout(10):
        await done.wait()
    task.cancel()
    assert seen[0] == CAMERA
    assert sorted(seen[1:3]) == [CAMERA, OTHER]
    assert seen[3:] == ["anew"]
