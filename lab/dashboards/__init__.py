"""The dashboards with data in them: an estate with faults and a past, Debian's Prometheus, every panel's queries."""
