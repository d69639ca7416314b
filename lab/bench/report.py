"""One line a figure: ours, the reference, their ratio, and the number to hold."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. ``reference`` was measured in the same run, or is 0 when there is none."""

    what: str
    unit: str
    ours: float
    reference: float = 0.0
    reference_name: str = ""
    hold: str = ""


def show(title: str, figures: list[Figure]) -> None:
    """Print the figures of one benchmark as a table."""
    table = Table(title=title, title_justify="left")
    for column in ("figure", "ours", "reference", "ours / reference", "to hold"):
        table.add_column(column)
    for figure in figures:
        reference = (
            f"{figure.reference:.2f} {figure.unit} ({figure.reference_name})" if figure.reference else "-"
        )
        ratio = f"{figure.ours / figure.reference:.2f}" if figure.reference else "-"
        table.add_row(figure.what, f"{figure.ours:.2f} {figure.unit}", reference, ratio, figure.hold or "-")
    Console(width=150).print(table)
