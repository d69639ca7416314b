"""The signals of one device over time, as the exporters would emit them; names and labels come from the catalogue."""

from __future__ import annotations

import math
from collections.abc import Callable

from lab.dashboards.series import Drawing, Value
from lab.dashboards.story import MINUTE_S, Story, draw
from nanxi.recording.events import Cause
from nanxi.register.model import Camera, Device, Host, Nvr, Switch

DAY_S = 86_400
CAUSES = (Cause.UNREACHABLE, Cause.STALLED, Cause.HOST_DOWN, Cause.DISK, Cause.REFUSED, Cause.MAINTENANCE)
DEFECTS = ("black", "frozen", "blurred", "dark", "bright", "colour_cast", "snow", "occluded", "scene_change")


def noise(key: str, when: float, period_s: float = 5400) -> float:
    """Return a smooth value between -1 and 1 that differs from key to key."""
    phase = draw(key, "phase") * math.tau
    return 0.6 * math.sin(when / period_s * math.tau + phase) + 0.4 * math.sin(
        when / 701 * math.tau + 3 * phase
    )


class Teller:
    """Draws one device; ``while_up`` values are absent while the device is down or its exporter is silent."""

    def __init__(self, drawing: Drawing, device: Device, story: Story) -> None:
        self._drawing, self._device, self._story = drawing, device, story
        self._host, self._unit = device.host, device.unit

    def always(self, name: str, value: Value, /, **labels: str) -> None:
        """Add what the exporter tells whether the device answers or not."""
        self._drawing.add(name, self._when(lambda _: True, value), **labels)

    def while_up(self, name: str, value: Value, /, **labels: str) -> None:
        """Add what is known only of a device that answers."""
        self._drawing.add(name, self._when(self.up, value), **labels)

    def up(self, when: float) -> bool:
        """Return whether the device answers at a time."""
        return self._story.up(self._host, when)

    def _when(self, condition: Callable[[float], bool], value: Value) -> Value:
        def at(when: float) -> float | None:
            if not (self._story.told(self._unit, when) and condition(when)):
                return None
            return value(when) if callable(value) else value

        return at

    def tell(self) -> None:
        """Add every series of the device."""
        module = "onvif" if isinstance(self._device, Camera | Nvr) else "snmp"
        self.always("nanxi_probe_success", self.up, module=module)
        self.while_up("nanxi_probe_verdict", 1, module=module, verdict="ok")
        self._drawing.add(
            "nanxi_probe_verdict",
            self._when(lambda when: not self.up(when), 1),
            module=module,
            verdict="unreachable",
        )
        if module == "onvif":
            self.always("nanxi_device_reachable", self.up)
        match self._device:
            case Camera():
                self._camera(self._device)
            case Switch():
                self._switch(self._device)
            case Host():
                self._host_and_ups()
            case Nvr():
                self._nvr()

    def _camera(self, camera: Camera) -> None:
        host, dice = self._host, draw(self._host, "camera")
        offset = (dice - 0.02) * 400 - 6 if dice < 0.03 else (dice - 0.5) * 3
        self.while_up("nanxi_device_clock_offset_seconds", lambda when: offset + 0.2 * noise(host, when))
        self.while_up("nanxi_device_identity_info", 1, manufacturer=camera.vendor.upper(), model=camera.model,
                      firmware="V5.5.800 build 210628", serial_number=f"S{camera.serial:08}",
                      mac=str(camera.mac or ""))  # fmt: skip
        self.while_up("nanxi_device_drift", float(0.03 < dice < 0.045), aspect="osd")
        self.while_up("nanxi_rtsp_busy", float(0.045 < dice < 0.048))
        refused = 0.048 < dice < 0.055
        self.always("nanxi_rtsp_up", lambda when: self.up(when) and not refused)
        if not refused:
            for phase, usual in {"signalling": 0.25, "first_packet": 0.15, "key_frame": 1.1}.items():
                slow = 2.5 if 0.06 < dice < 0.07 else 1
                self.while_up(
                    "nanxi_rtsp_call_up_seconds",
                    lambda when, usual=usual, slow=slow: usual * slow * (1 + 0.3 * noise(host, when, 1500)),
                    phase=phase,
                )
            self.while_up("nanxi_rtsp_receive_bytes_per_second",
                          lambda when: 62_000 * (1 + 0.15 * noise(host, when, 3000)))  # fmt: skip
            self.while_up("nanxi_rtsp_packets_lost_ratio",
                          lambda when: max(0.0, (0.004 if dice > 0.97 else 2e-4) * noise(host, when, 900)))  # fmt: skip
        bad = 0.07 < dice < 0.085
        self.while_up("nanxi_vqd_ok", float(not bad))
        for defect in DEFECTS:
            score = 35.0 if bad and defect == "blurred" else 82 + 17 * draw(host, defect)
            self.while_up("nanxi_vqd_score", round(score), defect=defect)
        self._recording()

    def _recording(self) -> None:
        host, dice = self._host, draw(self._host, "recording")
        missing = (800 + 90_000 * dice) if dice < 0.04 else 0.0
        today = missing / 3 if dice < 0.02 else 0.0
        for day, lost in {"yesterday": missing, "today": today}.items():
            self.always("nanxi_recording_planned_seconds", DAY_S, stream="main", day=day)
            self.always("nanxi_recording_completeness_ratio", 1 - lost / DAY_S, stream="main", day=day)
            if lost:
                cause = CAUSES[int(draw(host, "cause") * len(CAUSES))]
                self.always("nanxi_recording_gap_seconds", lost, stream="main", day=day, cause=cause.value)
        stopped = self._story.ago(31)

        def age(when: float) -> float:
            if self._unit == self._story.stopped and when > stopped:
                return when - stopped
            for start, end in self._story.outages.get(host, ()):
                if start <= when < end:
                    return when - start
            return 20 + 12 * noise(host, when, 300)

        self.always("nanxi_recording_newest_age_seconds", age, stream="main")
        days = 30.4 if dice > 0.03 else 12 + 400 * dice
        self.always(
            "nanxi_recording_oldest_timestamp_seconds", lambda when: when - days * DAY_S, stream="main"
        )
        self.always("nanxi_recording_retention_required_seconds", 30 * DAY_S)
        self.always("nanxi_recording_bytes", 4096 * 125 * DAY_S * days * 0.8, stream="main")

    def _switch(self, switch: Switch) -> None:
        prefix = "GigabitEthernet0/0/"
        errors = draw(switch.host, "errors") > 0.9
        for number in range(1, switch.ports + 1):
            self._port(f"{prefix}{number}", float(number), errors and number == 3, number <= switch.ports - 2)
        for number in (1, 2, 3):
            self._port(f"XGigabitEthernet0/0/{number}", 90.0, False, True)
        weak = draw(switch.host, "optics") > 0.93
        level = -27.6 if weak else -14 - 8 * draw(switch.host, "level")
        port = f"XGigabitEthernet0/0/{1 if switch.serial == 1 else 2}"
        self.while_up("nanxi_optic_receive_power_dbm",
                      lambda when: level - (0.8 if weak else 0.2) * (1 + noise(switch.host, when)), port=port)  # fmt: skip
        self.while_up("nanxi_optic_receive_power_low_dbm", -28.0, port=port)
        used = 120 + 230 * draw(switch.host, "poe")
        self.while_up("nanxi_poe_used_watts", lambda when: used + 6 * noise(switch.host, when), part="1")
        self.while_up("nanxi_poe_budget_watts", 370.0, part="1")

    def _port(self, port: str, weight: float, errors: bool, used: bool) -> None:
        host, story = self._host, self._story
        start = story.ago(600)
        self.while_up("nanxi_port_admin_up", float(used), port=port)
        self.while_up("nanxi_port_up", lambda when: used and story.linked(host, port, when), port=port)
        rate = 480_000 * (0.6 + 0.05 * weight)
        self.while_up("nanxi_port_receive_bytes_total",
                      lambda when: round((when - start) * rate + 3e7 * noise(host + port, when)), port=port)  # fmt: skip
        self.while_up(
            "nanxi_port_transmit_bytes_total", lambda when: round((when - start) * 9_000), port=port
        )
        self.while_up("nanxi_port_receive_errors_total",
                      lambda when: round((when - start) * (0.4 if errors else 0)), port=port)  # fmt: skip
        self.while_up("nanxi_port_transmit_errors_total", 0.0, port=port)
        self.while_up("nanxi_port_poe_fault", float(errors and port.endswith("/7")), port=port)
        self.while_up("nanxi_port_macs", 1.0, port=port)

    def _host_and_ups(self) -> None:
        mains = self._story.ago(50)
        dark = self._unit == self._story.on_battery
        self.while_up("nanxi_ups_on_battery", lambda when: dark and when > mains)
        self.while_up("nanxi_ups_battery_charge_ratio",
                      lambda when: 1 - 0.42 * (when - mains) / 3000 if dark and when > mains else 1.0)  # fmt: skip

    def _nvr(self) -> None:
        for disk in range(1, 5):
            broken = draw(self._host, str(disk)) > 0.97
            self.while_up("nanxi_storage_ok", float(not broken), part=f"disk {disk}")


def station(drawing: Drawing, unit: str, story: Story) -> None:
    """Add what a station's recorder host tells of itself."""

    def told(value: Callable[[float], float]) -> Value:
        return lambda when: value(when) if story.told(unit, when) else None

    whole = 96e12
    full = unit == story.full
    drawing.add("nanxi_recording_filesystem_bytes", told(lambda _: whole), path="/var/lib/nanxi")
    drawing.add("nanxi_recording_filesystem_free_bytes",
                told(lambda when: whole * (0.032 if full else 0.09 + 0.15 * draw(unit, "disk"))
                     + (story.end - when) / MINUTE_S * (5.5e9 if full else 2e8 * (draw(unit, "trend") - 0.4))),
                path="/var/lib/nanxi")  # fmt: skip
    drawing.add("nanxi_recording_index_readable", told(lambda _: 1.0), path="/var/lib/nanxi/index.db")
    drawing.add("nanxi_host_clock_synchronised", told(lambda _: 1.0))
    recorded = float(80 + round(220 * draw(unit, "recorded")))
    drawing.add("nanxi_gate_up", told(lambda _: 1.0))
    drawing.add("nanxi_gate_cameras", told(lambda _: recorded))
    drawing.add(
        "nanxi_gate_playing_cameras", told(lambda _: recorded - round(9 * draw(unit, "playing") ** 4))
    )
