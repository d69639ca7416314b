"""The gate of a recorder host, as its exporter sees it."""
