"""Rules, alerts and dashboards as code; see README.md in this folder."""
