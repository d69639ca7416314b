"""The two pages for people: what is here, and the last probes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from html import escape

from exporters.config import Config
from exporters.web.history import Remembered

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Nanxi exporter</title>
<style>body{{font-family:sans-serif;margin:2em}}td,th{{padding:.2em 1em;text-align:left}}</style>
<h1>Nanxi exporter</h1>{body}</html>
"""


def index(config: Config, history: Iterable[Remembered]) -> str:
    """Return the landing page."""
    modules = "".join(
        f"<li><code>/probe?module={escape(name)}&amp;target=HOST</code> ({escape(module.prober)}, "
        f"{'polled' if module.poll else 'on request only'})</li>"
        for name, module in config.modules.items()
    )
    rows = "".join(
        f"<tr><td>{escape(one.module)}</td><td>{escape(one.host)}</td><td>{one.result.verdict}</td>"
        f"<td>{datetime.fromtimestamp(one.result.ended, UTC):%Y-%m-%d %H:%M:%S} UTC</td>"
        f'<td><a href="/history?id={one.number}">log</a></td></tr>'
        for one in history
    )
    return _PAGE.format(
        body=f'<p><a href="/metrics">metrics</a> · <a href="/targets">targets</a></p><ul>{modules}</ul>'
        f"<table><tr><th>module<th>device<th>verdict<th>ended<th></tr>{rows}</table>"
    )


def log(one: Remembered) -> str:
    """Return a probe's log as text."""
    return "\n".join([f"{one.module} {one.host}", *one.result.log.lines, ""])
