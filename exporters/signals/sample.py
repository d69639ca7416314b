"""One measured value, checked against the catalogue when it is made, and its line in Prometheus's text format."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from exporters.signals.catalogue import CATALOGUE, Signal, SignalError

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Identity(NamedTuple):
    """The labels that say which device a series is about."""

    device: str
    kind: str
    unit: str
    point_class: str
    network: str


class Sample(NamedTuple):
    """A value of a signal. ``labels`` are the values of ``signal.all_labels``."""

    signal: Signal
    labels: tuple[str, ...]
    value: float

    @property
    def line(self) -> str:
        """Text exposition of the sample, without a line end."""
        pairs = ",".join(
            f'{name}="{value.translate(_ESCAPES)}"'
            for name, value in zip(self.signal.all_labels, self.labels, strict=True)
        )
        return f"{self.signal.name}{{{pairs}}} {number(self.value)}"


class Samples:
    """Collects the samples of one device, or of none; emit steps fill it.

    Args:
        identity: the device that the samples are about; None for samples that are about none.
    """

    def __init__(self, identity: Identity | None = None) -> None:
        self._identity: tuple[str, ...] = tuple(identity) if identity else ()
        self._samples: dict[tuple[str, tuple[str, ...]], Sample] = {}

    def add(self, name: str, value: float | bool | None, /, **labels: str) -> None:
        """Add a sample; None is nothing. Of two with the same labels (two ports of one name) the first one stays.

        Raises:
            SignalError: the catalogue has no such signal, or it has other labels.
        """
        signal = CATALOGUE.get(name)
        if signal is None:
            raise SignalError(f"the catalogue has no signal {name}")
        if set(labels) != set(signal.labels):
            raise SignalError(f"{name} has the labels {signal.labels}, got {sorted(labels)}")
        if value is None:
            return
        own = self._identity if signal.of == "device" else ()
        if signal.of == "device" and not own:
            raise SignalError(f"{name} is about a device")
        values = (*own, *(labels[label] for label in signal.labels))
        self._samples.setdefault((name, values), Sample(signal, values, float(value)))

    def __iter__(self) -> Iterator[Sample]:
        return iter(self._samples.values())

    def __len__(self) -> int:
        return len(self._samples)

    def extend(self, samples: Iterable[Sample]) -> None:
        """Take in samples that were made elsewhere."""
        for sample in samples:
            self._samples.setdefault((sample.signal.name, sample.labels), sample)


def number(value: float) -> str:
    """Return a value as Prometheus writes it: whole numbers without an exponent, ``+Inf``, ``NaN``."""
    if value != value:  # noqa: PLR0124 - NaN
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
