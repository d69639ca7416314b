"""What the exporters would tell of a small county in which a little of everything is wrong, for a real Prometheus.

Two units with two cameras of each class, a switch, a host and a recorder each: joins that would be many-to-many fail
here. One camera is down with its port, one switch is down, one camera was never probed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

from exporters.signals import Identity, Samples
from exporters.signals.exposition import by_signal, text

UNITS = {"shangtang": "上塘", "oubei": "瓯北"}
DOWN = {"shangtang-cam0002", "oubei-sw01"}
NEVER = {"oubei-cam0004"}


def identities() -> Iterator[Identity]:
    for unit in UNITS:
        for number in range(1, 7):
            yield Identity(f"{unit}-cam000{number}", "cameras", unit, "123"[number % 3], "police")
        yield Identity(f"{unit}-sw01", "switches", unit, "", "police")
        yield Identity(f"{unit}-host01", "hosts", unit, "", "police")
        yield Identity(f"{unit}-nvr01", "nvrs", unit, "", "police")


def exposition(started: float) -> bytes:
    """Return the text of one scrape; counters have grown since ``started`` (UNIX time)."""
    now = time.time()
    samples: list[object] = []
    for who in identities():
        made = Samples(who)
        _register(made, who)
        if who.device not in NEVER:
            _probed(made, who, now, now - started)
        samples += list(made)
    own = Samples()
    _county(own, now)
    return text({name: [one.line for one in rows] for name, rows in by_signal([*samples, *own]).items()})


def _register(made: Samples, who: Identity) -> None:
    switch = f"{who.unit}-sw01" if who.kind == "cameras" else ""
    made.add("nanxi_device_info", 1, code="33032401001320000001", tier="3", vendor="hikvision", model="M",
             state="accepted", name="学院路路口", switch=switch, switch_port=f"GE{who.device[-1]}" if switch else "",
             uplink_port="", recorder=f"{who.unit}-nvr01", encoder="")  # fmt: skip
    made.add("nanxi_device_due", who.device != "shangtang-cam0006")
    if who.kind == "cameras":
        made.add("nanxi_device_latitude_degrees", 28.15)
        made.add("nanxi_device_longitude_degrees", 120.69)


def _probed(made: Samples, who: Identity, now: float, since: float) -> None:
    up = who.device not in DOWN
    module = "onvif" if who.kind in ("cameras", "nvrs") else "snmp"
    made.add("nanxi_probe_success", up, module=module)
    made.add("nanxi_probe_verdict", 1, module=module, verdict="ok" if up else "unreachable")
    if not up:
        if module == "onvif":
            made.add("nanxi_device_reachable", 0)
        return
    if who.kind == "cameras":
        _camera(made, who, now)
    elif who.kind == "switches":
        _switch(made, since)
    elif who.kind == "nvrs":
        made.add("nanxi_device_reachable", 1)
        made.add("nanxi_storage_ok", 0, part="disk 2")
    else:
        made.add("nanxi_ups_battery_charge_ratio", 0.9)


def _camera(made: Samples, who: Identity, now: float) -> None:
    odd = int(who.device[-1]) % 2
    made.add("nanxi_device_reachable", 1)
    made.add("nanxi_device_clock_offset_seconds", 0.3 if odd else -7)
    made.add("nanxi_device_identity_info", 1, manufacturer="HIKVISION", model="M", firmware="V5.5.800",
             serial_number="S", mac="44-19-B6-00-00-01")  # fmt: skip
    made.add("nanxi_rtsp_up", 1)
    made.add("nanxi_rtsp_busy", 0)
    for phase, seconds in {"signalling": 0.2, "first_packet": 0.1, "key_frame": 1.1}.items():
        made.add("nanxi_rtsp_call_up_seconds", seconds, phase=phase)
    made.add("nanxi_rtsp_receive_bytes_per_second", 480_000)
    made.add("nanxi_rtsp_packets_lost_ratio", 0.0004)
    made.add("nanxi_vqd_ok", odd)
    for defect in ("black", "blurred", "occluded"):
        made.add("nanxi_vqd_score", 90 if odd else 40, defect=defect)
    made.add("nanxi_device_drift", 1 - odd, aspect="osd")
    for day in ("today", "yesterday"):
        made.add("nanxi_recording_planned_seconds", 86_400, stream="main", day=day)
        made.add("nanxi_recording_completeness_ratio", 1 if odd else 0.9, stream="main", day=day)
        made.add("nanxi_recording_gap_seconds", 0 if odd else 8640, stream="main", day=day, cause="stalled")
    made.add("nanxi_recording_newest_age_seconds", 12, stream="main")
    made.add("nanxi_recording_oldest_timestamp_seconds", now - 20 * 86_400, stream="main")
    made.add("nanxi_recording_retention_required_seconds", 30 * 86_400)
    made.add("nanxi_recording_bytes", 8e11, stream="main")


def _switch(made: Samples, since: float) -> None:
    for number in range(1, 7):
        port = f"GE{number}"
        made.add("nanxi_port_up", number not in (2, 6), port=port)
        made.add("nanxi_port_admin_up", 1, port=port)
        made.add("nanxi_port_receive_bytes_total", since * 480_000 * number, port=port)
        made.add("nanxi_port_transmit_bytes_total", since * 9_000, port=port)
        made.add("nanxi_port_receive_errors_total", since * (number == 2), port=port)
        made.add("nanxi_port_transmit_errors_total", 0, port=port)
        made.add("nanxi_port_poe_fault", 0, port=port)
        made.add("nanxi_port_macs", 1, port=port)
    made.add("nanxi_optic_receive_power_dbm", -18, port="GE24")
    made.add("nanxi_optic_receive_power_low_dbm", -28, port="GE24")
    made.add("nanxi_poe_used_watts", 200, part="1")
    made.add("nanxi_poe_budget_watts", 370, part="1")


def _county(own: Samples, now: float) -> None:
    for unit, name in UNITS.items():
        own.add("nanxi_register_quota", 770, unit=unit, unit_name=name)
        own.add("nanxi_register_counted", 4, unit=unit, **{"class": "1"}, state="accepted")
        own.add("nanxi_register_devices", 1, kind="cameras", unit=unit, **{"class": "1"}, network="police",
                state="repair")  # fmt: skip
        own.add("nanxi_register_devices", 5, kind="cameras", unit=unit, **{"class": "1"}, network="police",
                state="accepted")  # fmt: skip
    own.add("nanxi_register_planned", 5276, basis="text")
    own.add("nanxi_register_planned", 5286, basis="table")
    own.add("nanxi_register_tranche", 60, year="2008", **{"class": "1"})
    own.add("nanxi_recording_filesystem_bytes", 16e12, path="/var/lib/nanxi")
    own.add("nanxi_recording_filesystem_free_bytes", 4e12 - now % 100_000 * 1e6, path="/var/lib/nanxi")
    own.add("nanxi_host_clock_synchronised", 1)
    for name, value in {"up": 1, "cameras": 12, "playing_cameras": 11}.items():
        own.add(f"nanxi_gate_{name}", value)
