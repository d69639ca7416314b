"""The catalogue: what is emitted is what is documented, and promtool agrees with every name."""

import subprocess
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from exporters.signals import CATALOGUE, Identity, Samples, SignalError
from exporters.signals.document import document
from exporters.signals.exposition import SampleCollector, text
from tests.support.lab import need

ROOT = Path(__file__).parents[2]
WHO = Identity("shangtang-cam0001", "cameras", "shangtang", "1", "police")
ODD = 'a "quoted" \\ back\nslash 楠溪'


def one_of_each() -> Samples:
    samples = Samples(WHO)
    for signal in CATALOGUE.values():
        samples.add(signal.name, 1.5, **dict.fromkeys(signal.labels, ODD))
    return samples


def lines(samples: Samples) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for sample in samples:
        grouped.setdefault(sample.signal.name, []).append(sample.line)
    return grouped


def test_metrics_md_is_current() -> None:
    assert (ROOT / "docs/metrics.md").read_text("utf-8") == document()


def test_promtool_accepts_every_name() -> None:
    need("promtool")
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text(lines(one_of_each())), capture_output=True, check=False
    )
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (0, "", "")


def test_our_text_and_the_clients_text_mean_the_same() -> None:
    registry = CollectorRegistry()
    registry.register(SampleCollector(one_of_each()))
    ours, theirs = (
        {
            (family.name, family.type, family.documentation): family.samples
            for family in text_string_to_metric_families(content.decode())
        }
        for content in (text(lines(one_of_each())), generate_latest(registry))
    )
    assert ours == theirs
    assert len(ours) == len(CATALOGUE)


@pytest.mark.parametrize(
    ("name", "labels"),
    [("nanxi_nothing", {}), ("nanxi_port_up", {}), ("nanxi_port_up", {"port": "1", "unit": "x"})],
)
def test_what_the_catalogue_has_not_cannot_be_emitted(name: str, labels: dict[str, str]) -> None:
    with pytest.raises(SignalError):
        Samples(WHO).add(name, 1, **labels)


def test_a_series_about_a_device_needs_one() -> None:
    with pytest.raises(SignalError):
        Samples().add("nanxi_device_reachable", 1)


def test_unknown_is_no_series_and_the_first_of_two_stays() -> None:
    samples = Samples(WHO)
    samples.add("nanxi_device_reachable", None)
    assert not len(samples)
    samples.add("nanxi_port_up", True, port="1")
    samples.add("nanxi_port_up", False, port="1")
    assert [sample.value for sample in samples] == [1.0]


def test_every_signal_has_words_in_both_languages() -> None:
    assert all(
        signal.help.strip() and any("一" <= one <= "鿿" for one in signal.zh) for signal in CATALOGUE.values()
    )
