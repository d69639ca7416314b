"""The HTTP face: metrics, probes, targets and pages for people, with TLS and passwords as Prometheus's own exporters."""
