"""Dashboards as code: one module a dashboard, both languages from one source. ``python -m dashboards.boards`` writes them.

Grafana's SDK is needed to build only: the JSON in ``dashboards/json`` is committed and is what the role deploys.
"""
