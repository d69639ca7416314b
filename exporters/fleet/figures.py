"""What a poller tells of itself."""

from __future__ import annotations

from collections import Counter, deque

from exporters.signals import Samples


class Figures:
    """Counts of one module's poller since the process started; lateness over the turns of about one interval."""

    def __init__(self, module: str, interval_s: float) -> None:
        self.module = module
        self.interval_s = interval_s
        self.devices = 0
        self.running = 0
        self.skipped = 0
        self.seconds = 0.0
        self.verdicts: Counter[str] = Counter()
        self._late: deque[float] = deque(maxlen=1)

    def set_devices(self, count: int) -> None:
        """Say how many devices there are; lateness is remembered for as many turns."""
        self.devices = count
        self._late = deque(self._late, maxlen=max(1, count))

    def began(self, late_s: float | None) -> None:
        """A probe began ``late_s`` seconds after its turn; None: of a device that did not answer last time."""
        self.running += 1
        if late_s is not None:
            self._late.append(max(0.0, late_s))

    def ended(self, verdict: str, duration_s: float) -> None:
        """A probe ended."""
        self.running -= 1
        self.verdicts[verdict] += 1
        self.seconds += duration_s

    def samples(self) -> Samples:
        """Return the metrics."""
        samples, module = Samples(), self.module
        samples.add("nanxi_poller_devices", self.devices, module=module)
        samples.add("nanxi_poller_interval_seconds", self.interval_s, module=module)
        samples.add("nanxi_poller_running", self.running, module=module)
        samples.add("nanxi_poller_skipped_total", self.skipped, module=module)
        samples.add("nanxi_poller_probe_seconds_total", self.seconds, module=module)
        for verdict, count in self.verdicts.items():
            samples.add("nanxi_poller_probes_total", count, module=module, verdict=verdict)
        if late := sorted(self._late):
            for rank, share in (("median", 0.5), ("p99", 0.99), ("max", 1.0)):
                value = late[min(len(late) - 1, int(share * len(late)))]
                samples.add("nanxi_poller_lateness_seconds", value, module=module, rank=rank)
        return samples
