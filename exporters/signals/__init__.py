"""Every metric that Nanxi exports, defined once as data: name, type, labels, meaning. One YAML file a module.

Exporters emit only what stands here, docs/metrics.md is generated from it, and rules and dashboards are checked
against it.
"""

from exporters.signals.catalogue import CATALOGUE, IDENTITY, Signal, SignalError
from exporters.signals.sample import Identity, Sample, Samples

__all__ = ["CATALOGUE", "IDENTITY", "Identity", "Sample", "Samples", "Signal", "SignalError"]
