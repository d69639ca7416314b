"""The processes that Prometheus scrapes: device health by module, polled for the whole fleet or probed one by one."""

__version__ = "0.1.0"
