"""Write docs/metrics.md from the catalogue: ``python -m exporters.signals.document FILE``."""

from __future__ import annotations

import sys
from pathlib import Path

from exporters.signals.catalogue import CATALOGUE, IDENTITY, Signal

_HEAD = f"""# Metrics

Generated from `exporters/signals/*.yml` by `make generated`; do not edit. Exporters can emit nothing else, and rules and
dashboards may use nothing else.

Series about a device carry `{"`, `".join(IDENTITY)}`: `device` is the host name of the register, `class` is empty for
what has none. Everything else of the register's row hangs on `nanxi_device_info`; join it with
`* on (device) group_left (switch, switch_port) nanxi_device_info`. Exporters set these labels themselves: scrape with
`honor_labels: true`.

A series is absent when nothing is known. A device that cannot be read has no values of an earlier reading: what remains
is `nanxi_probe_success`, `nanxi_probe_verdict` and the age. *Info* metrics are gauges that are always 1.

The probe endpoint (`/probe?module=MODULE&target=HOST`) gives the module's series and, by the custom of Prometheus's own
exporters, `probe_success` and `probe_duration_seconds`.

"""


def document() -> str:
    """Return the page."""
    parts = [_HEAD]
    modules = dict.fromkeys(signal.module for signal in CATALOGUE.values())
    folder = Path(__file__).parent
    for module in modules:
        lines = (folder / f"{module}.yml").read_text("utf-8").splitlines()
        about = " ".join(line.removeprefix("#").strip() for line in lines if line.startswith("#"))
        rows = [_row(signal) for signal in CATALOGUE.values() if signal.module == module]
        parts.append(
            f"## {module}\n\n{about}\n\n"
            "| metric | 中文 | type | unit | labels | meaning |\n|---|---|---|---|---|---|\n"
            + "\n".join(rows)
            + "\n\n"
        )
    return "".join(parts).rstrip("\n") + "\n"


#: Last words of names, by Prometheus's naming rules, that are units.
_UNITS = (
    "bytes_per_second",
    "seconds",
    "bytes",
    "ratio",
    "watts",
    "celsius",
    "volts",
    "amperes",
    "dbm",
    "degrees",
)


def unit(name: str) -> str:
    """Return the unit that a metric's name ends in; 1 for numbers without one."""
    bare = name.removesuffix("_total").removesuffix("_info")
    return next((unit for unit in _UNITS if bare.endswith(f"_{unit}")), "1").replace(
        "bytes_per_second", "bytes/s"
    )


def _row(signal: Signal) -> str:
    own = ["*device*"] if signal.of == "device" else []
    labels = ", ".join([*own, *(f"`{label}`" for label in signal.labels)])
    return (
        f"| `{signal.name}` | {signal.zh} | {signal.type} | {unit(signal.name)} | {labels} | {signal.help} |"
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(document(), "utf-8")
