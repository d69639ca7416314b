"""Health: everything is scraped, the bad devices are told and no others, and a dead uplink is one page with its cause."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

from rich.table import Table

from exporters.config import ModuleConfig
from exporters.fleet.poller import polled
from lab.demo.monitor import Firing, Monitor
from lab.demo.names import BAD, DEAD, LOCKING, LYING
from lab.demo.recorders import SUFFERING
from lab.demo.stage import DemoError, Stage, out, step
from nanxi.county.model import Network
from nanxi.estate import Estate
from nanxi.monitoring.exporter import modules
from nanxi.monitoring.scope import MONITOR, Scope
from nanxi.register.model import Device, Encoder, Kind

#: As roles/prometheus has it; the lab's exporter reads devices as often, a county's once a minute.
SCRAPE_S = 15
#: Whose uplink is pulled out.
SWITCH = "shangtang-sw01"
CAUSE = ("SwitchDown", SWITCH)
#: What is a page before anything is pulled: the demo's dead camera is one of class 1, and the disk that ran full while the
#: recorders were shown (``lab.demo.recorders``) has lost some of today's footage.
KNOWN = {("CameraDown", DEAD), ("FootageLostToDisk", SUFFERING.partition("-")[0])}
#: A round of connections and one that is waited for in vain; two answers of the switch, and of all whom it then may be due
#: to; two scrapes; rules, alerts, and one evaluation more.
PROMISED_S = 10 + 4 + 2 * 4 + 2 * SCRAPE_S + 3 * 10
_MODULES = {
    name: ModuleConfig(**one) for name, one in modules(Scope(MONITOR, Network.POLICE), SCRAPE_S).items()
}
_ASKED = {name: one for name, one in _MODULES.items() if name != "drift"}
#: A county looks for drift every quarter of an hour, and at all pictures within ten minutes after a start.
_SOONER = {"drift": {"interval_s": 6 * SCRAPE_S}, "vqd": {"first_within_s": 6 * SCRAPE_S}}
_KPIS = (
    ("在线率", "nanxi:cameras_online", "nanxi:cameras_judged"),
    ("完好率", "nanxi:cameras_intact", "nanxi:cameras_judged"),
    ("时钟", "nanxi:cameras_clock_right", "nanxi:cameras_clock_known"),
    ("调阅成功率", "nanxi:call_ups_good", "nanxi:call_ups"),
)


def tell(stage: Stage) -> None:
    """Look at everything, compare what is told with what the lab knows, pull an uplink out and put it in again.

    Raises:
        DemoError: something is not scraped, a device is told wrong, or another page fired than the one.
    """
    monitor = Monitor(stage.lab)
    step(
        f"health: devices are read every {SCRAPE_S} s; the county's Prometheus and Alertmanager are on {monitor.host}"
    )
    quick = {"exporter_interval_s": SCRAPE_S, "exporter_modules": _SOONER}
    stage.hosts("playbooks/monitoring.yml", "-e", json.dumps(quick))
    _everything_is_told(stage.lab.estate, monitor)

    step(f"the uplink of {SWITCH} is pulled out: one page that names it, and none of what hangs on it")
    before = set(monitor.pages())
    if strange := before - KNOWN:
        raise DemoError(f"pages before anything was pulled out: {sorted(strange)}")
    try:
        _unplugged(stage, monitor)
    finally:
        stage.lab.plug(SWITCH)
    _plugged_in(stage.lab.estate, monitor)


def seen(estate: Estate, module: str, networks: frozenset[Network]) -> set[str]:
    """Return the devices that a module must tell of."""
    return {one.host for one in polled(estate.devices.values(), _ASKED[module]) if one.network in networks}


def _everything_is_told(estate: Estate, monitor: Monitor) -> None:
    networks = monitor.networks
    wanted = {module: seen(estate, module, networks) for module in _ASKED}
    for module, hosts in wanted.items():
        monitor.wait(
            lambda module=module, hosts=hosts: _told(monitor, module, hosts), 180, f"all told by {module}"
        )  # type: ignore[misc]
    monitor.wait(lambda: not monitor.ask("up == 0"), 60, "every target is scraped")
    everybody = set.union(*wanted.values())
    # KPIs are reckoned once a minute.
    share = f'{{network=~"{"|".join(one.value for one in networks)}"}}'
    monitor.wait(
        lambda: monitor.number(f"sum(nanxi:cameras_online{share})") == monitor.number("sum(nanxi_rtsp_up)"),
        180,
        "the KPIs are those of what was measured",
    )
    _show(estate, monitor, everybody)

    bad = 'nanxi_probe_verdict{module=~"onvif|rtsp|snmp|vqd",verdict!~"ok|busy"}'
    verdicts: dict[str, set[str]] = {}
    for labels, _ in monitor.ask(bad):
        verdicts.setdefault(labels["device"], set()).add(labels["verdict"])
    expected = {host for host in (DEAD, LOCKING) if host in everybody}
    if set(verdicts) != expected or BAD[DEAD] not in verdicts.get(DEAD, {BAD[DEAD]}):
        raise DemoError(f"told as bad: {verdicts}; the lab has broken {sorted(expected)}")
    if LYING in everybody:
        drifted = "nanxi_device_drift > 0"
        monitor.wait(
            lambda: LYING in monitor.devices(drifted), 240, f"{LYING} is told to differ from the register"
        )
        out.print(f"differ from the register: {', '.join(sorted(monitor.devices(drifted)))}")
    _pictures(monitor)
    unseen = {one.network for one in estate.devices.values() if one.spoken_to} - networks
    out.print(f"exactly as the lab knows: {_listed(verdicts)}")
    if unseen:
        out.print(
            f"not covered: devices of the {' and '.join(unseen)} network, in which no host of the register is a monitor"
        )


def _pictures(monitor: Monitor) -> None:
    """Hold the defects of pictures against what the lab films: clips that begin anew every few seconds.

    Raises:
        DemoError: a defect is told that no twin's picture has.
    """
    defects: dict[str, set[str]] = {}
    for labels, _ in monitor.ask("nanxi_vqd_score < 60"):
        defects.setdefault(labels["defect"], set()).add(labels["device"])
    still, lost = defects.pop("frozen", set()), defects.pop("signal_loss", set())
    if defects or lost - {DEAD}:
        raise DemoError(f"told as bad pictures: {defects}, without signal: {sorted(lost)}")
    looked = len(monitor.devices("nanxi_vqd_ok"))
    out.print(
        f"pictures of {looked} cameras judged; {len(still)} stand still, as the twins' clips do, which begin anew every 4 s"
    )


def _told(monitor: Monitor, module: str, hosts: set[str]) -> bool:
    """Return whether a module tells of all; an exporter that has just started knows nothing of some."""
    known, unknown = (
        monitor.devices(f'nanxi_probe_verdict{{module="{module}",verdict{sign}"unknown"}}')
        for sign in ("!=", "=")
    )
    return hosts <= known - unknown


def _listed(verdicts: Mapping[str, set[str]]) -> str:
    return ", ".join(f"{host} {' and '.join(sorted(words))}" for host, words in sorted(verdicts.items()))


def _show(estate: Estate, monitor: Monitor, everybody: set[str]) -> None:
    networks = "|".join(network.value for network in monitor.networks)
    kpis = {
        name: {
            labels["unit"]: value
            for labels, value in monitor.ask(
                f'sum by (unit) ({part}{{network=~"{networks}"}}) / sum by (unit) ({whole}{{network=~"{networks}"}})'
            )
        }
        for name, part, whole in _KPIS
    }
    down = monitor.devices("nanxi:device_down")
    table = Table("unit", "asked", "answer", *kpis, title=f"{len(monitor.ask('up'))} targets, all scraped")
    for unit in sorted({estate.devices[host].unit for host in everybody}):
        own = {host for host in everybody if estate.devices[host].unit == unit}
        shares = [f"{kpis[name][unit]:.1%}" if unit in kpis[name] else "-" for name in kpis]
        table.add_row(unit, str(len(own)), str(len(own - down)), *shares)
    out.print(table)


def behind(estate: Estate, switch: str) -> list[Device]:
    """Return the devices in use that hang on a switch, analog cameras on its encoders included."""
    due = [one for one in estate.devices.values() if one.touchable]
    direct = [one for one in due if one.switch == switch]
    encoders = {one.host for one in direct if isinstance(one, Encoder)}
    return direct + [one for one in due if getattr(one, "encoder", "") in encoders - {""}]


def _unplugged(stage: Stage, monitor: Monitor) -> None:
    out.print(f"[bold]$ sudo .venv/bin/python -m lab unplug {SWITCH}")
    began = time.time()
    stage.lab.unplug(SWITCH)
    ever: dict[tuple[str, str], Firing] = {}

    def paged() -> bool:
        ever.update(monitor.pages())
        return CAUSE in ever

    monitor.wait(paged, PROMISED_S, f"a page that names {SWITCH}")
    paged_s = time.time() - began
    noticed = monitor.number(
        f'nanxi_probe_failing_since_timestamp_seconds{{device="{SWITCH}",module="snmp"}}'
    )
    hanging = behind(stage.lab.estate, SWITCH)
    here = {one.host for one in hanging} & set.union(
        *(seen(stage.lab.estate, module, monitor.networks) for module in _ASKED)
    )
    monitor.wait(lambda: here <= monitor.devices("nanxi:device_down"), 120, "all that hangs on it is missed")

    def watched() -> bool:
        paged()
        return time.time() - began > paged_s + 2 * SCRAPE_S

    monitor.wait(watched, 90, "two scrapes more")
    _hold(ever, monitor, here)
    cameras = sum(one.kind is Kind.CAMERA for one in hanging)
    summary = ever[CAUSE].summary
    name = stage.lab.estate.plan.unit("shangtang").name
    for word in (SWITCH, name, f"{cameras} 路摄像机", f"{len(hanging)} 台设备"):
        if word not in summary:
            raise DemoError(f"the page does not say {word!r}: {summary}")
    out.print(f"[bold red]{summary}")
    out.print(
        f"paged {paged_s:.0f} s after the cable was pulled out, of which {(noticed or began) - began:.0f} s until the "
        f"exporter's round had met it and waited for an answer; {len(here)} devices behind it are missed, and not one of "
        "them pages"
    )


def _hold(ever: dict[tuple[str, str], Firing], monitor: Monitor, here: set[str]) -> None:
    """Check that nothing else paged, and that nothing of what hangs there is waiting to."""
    if strange := {key: one.summary for key, one in ever.items() if key not in KNOWN | {CAUSE}}:
        raise DemoError(f"more than one page: {strange}")
    if loose := here & monitor.devices("nanxi:device_down_unexplained"):
        raise DemoError(f"down, and not explained by {SWITCH}: {sorted(loose)}")


def _plugged_in(estate: Estate, monitor: Monitor) -> None:
    out.print(f"[bold]$ sudo .venv/bin/python -m lab plug {SWITCH}")
    began = time.time()
    ever: set[tuple[str, str]] = set()

    def over() -> bool:
        ever.update(now := set(monitor.pages()))
        return CAUSE not in now

    monitor.wait(over, PROMISED_S, "the page is resolved")
    resolved_s = time.time() - began
    well = {one.host for one in behind(estate, SWITCH)} | {SWITCH}

    def back() -> bool:
        over()
        return (
            not well & monitor.devices("nanxi:device_down")
            and time.time() - began > resolved_s + 2 * SCRAPE_S
        )

    monitor.wait(back, 180, "all that hangs on it answers again")
    if strange := ever - KNOWN - {CAUSE}:
        raise DemoError(f"pages after the cable was put in again: {sorted(strange)}")
    out.print(f"resolved after {resolved_s:.0f} s, and nothing else paged")
    said = f'max by (trap) (nanxi_trap_last_timestamp_seconds{{device="{SWITCH}",trap=~"link.*"}}) > {began}'
    monitor.wait(lambda: bool(monitor.ask(said)), 30, f"{SWITCH} has said by itself that its link is back")
    told = " and ".join(sorted(labels["trap"] for labels, _ in monitor.ask(said)))
    out.print(f"{SWITCH} said {told} by itself (SNMPv3 trap), and was asked at once")
