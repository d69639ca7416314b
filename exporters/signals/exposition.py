"""Samples as text for Prometheus, and as a collector for a prometheus_client registry."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from exporters.signals.catalogue import CATALOGUE, Signal
from exporters.signals.sample import Sample


def by_signal(samples: Iterable[Sample]) -> Mapping[str, list[Sample]]:
    """Return the samples grouped by signal, in order of appearance."""
    groups: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        groups[sample.signal.name].append(sample)
    return groups


class SampleCollector(Collector):
    """Hands given samples to a registry of prometheus_client: for one probe, and for small sets."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._samples = samples

    def collect(self) -> Iterator[Metric]:
        """Yield one family a signal."""
        for name, samples in by_signal(self._samples).items():
            signal = CATALOGUE[name]
            maker = CounterMetricFamily if signal.type == "counter" else GaugeMetricFamily
            family = maker(
                name.removesuffix("_total") if signal.type == "counter" else name,
                signal.help,
                labels=signal.all_labels,
            )
            for sample in samples:
                family.add_metric(sample.labels, sample.value)
            yield family


def head(signal: Signal) -> str:
    """Return HELP and TYPE of a signal."""
    text = signal.help.replace("\\", r"\\").replace("\n", r"\n")
    return f"# HELP {signal.name} {text}\n# TYPE {signal.name} {signal.exposed_type}\n"


def text(lines: Mapping[str, Sequence[str]]) -> bytes:
    """Return the exposition of lines that were made before, grouped by signal name.

    Rendering 300,000 samples anew for every scrape would hold the event loop for seconds and make probes late;
    joining lines that were rendered when the device was probed takes some tens of milliseconds.
    """
    parts = []
    for name, rows in lines.items():
        if rows:
            parts += [head(CATALOGUE[name]), "\n".join(rows), "\n"]
    return "".join(parts).encode()
