"""Recorders on both units' hosts, from the bundle alone; four outages that are real, and a table that names each cause."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rich.table import Table

from lab.demo.names import CONTROL, DEAD
from lab.demo.recorded import Recorded, judged, of_hosts, on_disk, wait_for_pictures
from lab.demo.stage import ROOT, DemoError, Stage, out, step
from lab.twin.ctl import call
from nanxi.recorder import render
from nanxi.recording.events import Cause
from nanxi.recording.gaps import SKIPPED
from nanxi.recording.words import CAUSES

#: The host whose disk fills and whose cameras fail, and the one that is started again.
SUFFERING, REBOOTED = "shangtang-host01", "oubei-host01"
FULL = "disk1"
FILLER = f"/srv/nanxi/{FULL}/filler"
#: Almost all of what is free at once, and the rest until the disk says no.
FILL = f"""fallocate -l $(( $(df --output=avail -B1 /srv/nanxi/{FULL} | tail -1) - 64000000 )) {FILLER}
cat /dev/zero > {FILLER}.rest 2> /dev/null || true"""
#: Seconds that outages last: a stall is told from a slow camera after 10 (the gate's stall_s).
OUTAGE_S = 25.0
#: Seconds from a source's return to its first recorded picture: what is promised (docs/recorder.md).
PROMISED_S = 15.0
#: Seconds until a host that starts again records all its cameras.
BOOT_S = 60.0
#: Seconds of quiet before anything is broken: a segment and more of each camera.
SETTLED_S = 12.0
#: Seconds after which everything before is in the index: a segment of the lab, the keeper's round, and some more. A file that
#: was closed a moment ago is neither growing nor indexed yet.
_INDEXED_S = 15.0
BUNDLE = ROOT / "build/bundle/SHA256SUMS"


@dataclass(frozen=True, slots=True)
class Outage:
    """What befell which cameras, and the cause that the gap table must name."""

    what: str
    cameras: tuple[str, ...]
    cause: Cause
    within_s: float


def tell(stage: Stage) -> None:
    """Deploy both recorder hosts, break four things, and hold what they say of it against what was done.

    Raises:
        DemoError: the lab did not behave as the text says.
    """
    if not BUNDLE.exists():
        raise DemoError("no bundle for hosts without a way out: make bundle")
    step("two recorder hosts, from the bundle alone: a gate, a recorder for each camera, a keeper")
    police = ("police",)
    if stage.hosts("playbooks/recorders.yml", networks=police) and (
        changed := stage.hosts("playbooks/recorders.yml", networks=police)
    ):
        raise DemoError(f"a second run changed {sorted(changed)}")
    where = of_hosts(stage, (SUFFERING, REBOOTED))
    _as_planned(stage, where)
    began = time.time()
    alive = {camera: one for camera, one in where.items() if camera != DEAD}
    wait_for_pictures(alive.values(), began, BOOT_S)
    time.sleep(SETTLED_S)
    _show_placed(where)

    step("a camera loses its power, another sends nothing, a disk fills, a host starts again: all at once")
    since = time.time()
    outages = _break(stage, where)
    time.sleep(max(0.0, since + OUTAGE_S - time.time()))
    _mend(stage, outages, alive)

    step("what is missing, and why: scripts/footage gaps, on each host")
    until = time.time()
    time.sleep(_INDEXED_S)
    _held_against(_gaps(stage, since, until), outages, alive)

    step("ffprobe, a foreign judge, about every segment that was recorded")
    there = on_disk(where.values(), began)
    count, differences = judged(_listed(stage, where, began), where, there)
    if differences or not count:
        raise DemoError("\n".join(differences) or "nothing was recorded")
    out.print(f"{count} 个录像分段：时长、编码与索引一致（ffprobe）")


def _as_planned(stage: Stage, where: Mapping[str, Recorded]) -> None:
    estate = stage.lab.estate
    planned = {
        camera.host
        for host in (SUFFERING, REBOOTED)
        for camera in render.recorded(estate, estate.devices[host].unit, estate.devices[host].network)
    }
    if planned != set(where):
        raise DemoError(f"planned: {sorted(planned)}, recorded: {sorted(where)}")


def _show_placed(where: Mapping[str, Recorded]) -> None:
    table = Table("录像主机", "磁盘", "摄像机", title="录像分布", title_justify="left")
    for host, disk in sorted({(one.host, one.disk) for one in where.values()}):
        mine = [one.camera for one in where.values() if (one.host, one.disk) == (host, disk)]
        table.add_row(
            host, disk, " ".join(camera if camera != DEAD else f"{camera}（不通）" for camera in mine)
        )
    out.print(table)


def _break(stage: Stage, where: Mapping[str, Recorded]) -> tuple[Outage, ...]:
    on_full = tuple(one.camera for one in where.values() if (one.host, one.disk) == (SUFFERING, FULL))
    dark, mute, *_ = (one.camera for one in where.values() if one.host == SUFFERING and one.disk != FULL)
    rebooted = tuple(one.camera for one in where.values() if one.host == REBOOTED and one.camera != DEAD)
    out.print(f"{dark}: 断电    {mute}: 有连接、无图像    {SUFFERING}:{FILLER}: 写满    {REBOOTED}: reboot")
    stage.lab.devices.unplug(dark)  # without power it does not even say goodbye
    call(CONTROL, "rtsp", mute, traits={"stall_after_s": 0})
    stage.on(SUFFERING, FILL)
    stage.on(REBOOTED, "systemctl reboot", check=False)
    return (
        Outage("断电", (dark,), Cause.UNREACHABLE, PROMISED_S),
        Outage("无图像", (mute,), Cause.STALLED, PROMISED_S),
        Outage("磁盘写满", on_full, Cause.DISK, PROMISED_S),
        Outage("主机重启", rebooted, Cause.HOST_DOWN, BOOT_S),
    )


def _mend(stage: Stage, outages: tuple[Outage, ...], alive: Mapping[str, Recorded]) -> None:
    """Give back what was taken, and wait until everything is recorded: nobody touches the recorders."""
    dark, mute, full, rebooted = outages
    since = time.time()
    stage.lab.devices.replug(dark.cameras[0])
    call(CONTROL, "rtsp", mute.cameras[0], traits=None)
    stage.on(SUFFERING, f"rm {FILLER}*")
    table = Table("故障", "摄像机", "恢复录像（秒）", "承诺（秒）", title="恢复", title_justify="left")
    for outage in (dark, mute, full, rebooted):
        found = wait_for_pictures([alive[camera] for camera in outage.cameras], since, outage.within_s)
        table.add_row(
            outage.what, " ".join(outage.cameras), f"{max(found.values()):.0f}", f"{outage.within_s:.0f}"
        )
    out.print(table)


def _gaps(stage: Stage, since: float, until: float) -> dict[str, list[dict[str, Any]]]:
    """Show each host's table and return the gaps by camera."""
    found: dict[str, list[dict[str, Any]]] = {}
    script, asked = "/opt/nanxi/scripts/footage", ("gaps", "all", _utc(since), _utc(until))
    for host in (SUFFERING, REBOOTED):
        out.print(f"[bold]$ ssh {host} {script} {' '.join(asked)}")
        width = f"COLUMNS={max(out.width, 120)}"
        shown = stage.on(host, "LC_ALL=C.UTF-8", width, script, *asked, check=False, terminal=True)
        sys.stdout.write(shown.stdout.replace("\r\n", "\n"))
        told = json.loads(stage.on(host, script, "--json", *asked, check=False).stdout)
        found |= {camera: one["gaps"] for camera, one in told.items()}
    return found


def _held_against(
    gaps: Mapping[str, list[dict[str, Any]]], outages: tuple[Outage, ...], alive: Mapping[str, Recorded]
) -> None:
    """Compare the causes that were found with what was done.

    Raises:
        DemoError: a cause is wrong, an outage is not there, or something is missing that nobody broke.
    """
    done = {camera: outage.cause for outage in outages for camera in outage.cameras}
    wrong = []
    for camera in alive:
        # A machine that is busy makes twins leave out pictures; the ledger says so, and it is no outage of ours.
        found = {gap["cause"] for gap in gaps.get(camera, ()) if gap["detail"] != SKIPPED}
        if found != ({done[camera]} if camera in done else set()):
            wrong.append(f"{camera}: {sorted(found)}, but it was {done.get(camera, 'nothing')}")
    if {gap["cause"] for gap in gaps.get(DEAD, ())} > {Cause.UNREACHABLE, Cause.HOST_DOWN}:
        wrong.append(f"{DEAD}: {gaps[DEAD]}")
    if wrong:
        raise DemoError("causes:\n" + "\n".join(wrong))
    out.print("每次中断都有正确的原因：" + "、".join(CAUSES["zh"][outage.cause] for outage in outages))


def _listed(stage: Stage, where: Mapping[str, Recorded], since: float) -> dict[str, list[dict[str, Any]]]:
    """Return what each index says of every segment, by camera."""
    found = {}
    for host in (SUFFERING, REBOOTED):
        mine = [camera for camera, one in where.items() if one.host == host and camera != DEAD]
        script = f"/opt/nanxi/scripts/footage --json list $c {_utc(since)} now | tr -d '\\n'; echo"
        told = stage.on(host, f"for c in {' '.join(mine)}; do {script}; done").stdout.splitlines()
        found |= dict(zip(mine, map(json.loads, told), strict=True))
    return found


def _utc(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
