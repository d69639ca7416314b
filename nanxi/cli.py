"""What every script in ``scripts/`` shares: options, exit codes, findings and progress for people.

A script is argument parsing and one library call; ``run`` turns what the library raises into an exit code.
"""

from __future__ import annotations

import argparse
import getpass
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import TextIO, TypeVar

from nanxi.findings import Finding, InputError, NanxiError

Item = TypeVar("Item")
ROOT = Path(__file__).resolve().parents[1]


class Exit(IntEnum):
    """Exit codes of every script."""

    AS_DECLARED = 0
    FINDINGS = 1
    BAD_INPUT = 2


def parser(
    description: str, examples: Sequence[str], default_inventory: str | None = "inventory/yongjia"
) -> argparse.ArgumentParser:
    """Return a parser with ``--json`` and ``--inventory``; ``examples`` are whole command lines.

    ``default_inventory`` None leaves ``--inventory`` out: for scripts that run on hosts without the register.
    """
    made = argparse.ArgumentParser(
        description=description,
        epilog="examples:\n" + "\n".join(f"  {example}" for example in examples),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("--json", action="store_true", help="machine-readable output on standard output")
    if default_inventory is None:
        return made
    made.add_argument(
        "--inventory",
        type=Path,
        metavar="DIR",
        default=ROOT / default_inventory,
        help=f"folder that holds plan/ and register/ (default: {default_inventory})",
    )
    return made


def count(text: str) -> int:
    """Return a number of things to make, at least one; for argparse's ``type``."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def pairs(words: Sequence[str]) -> dict[str, str]:
    """Return the columns and values of ``--set COLUMN=VALUE``.

    Raises:
        NanxiError: one has no ``=``.
    """
    for word in words:
        if "=" not in word:
            raise NanxiError(f"--set {word}: write COLUMN=VALUE")
    return dict(word.split("=", 1) for word in words)


def secret(prompt: str) -> str:
    """Return a password that a person types unseen, or the first line of what is piped in; never an argument.

    Raises:
        NanxiError: it is empty.
    """
    given = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise NanxiError("the password is empty")
    return given


def run(command: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Run ``command`` and return the exit code; mistakes that Nanxi raises on purpose end as text, not as tracebacks."""
    try:
        return command(arguments)
    except InputError as error:
        print_findings(error.findings, as_json=arguments.json)
        return Exit.BAD_INPUT
    except NanxiError as error:
        if arguments.json:
            print_json({"error": str(error)})
        else:
            print(f"{Path(sys.argv[0]).name}: {error}", file=sys.stderr)
        return Exit.BAD_INPUT
    except BrokenPipeError:
        # The reader (head, less) has seen enough; keep the interpreter from complaining while it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    except KeyboardInterrupt:
        return 130


def print_json(value: object, out: TextIO | None = None) -> None:
    """Print ``value`` as JSON; dates, addresses and paths become their text."""
    out = out or sys.stdout
    json.dump(value, out, ensure_ascii=False, indent=2, default=str)
    out.write("\n")


def print_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print every finding: as JSON on standard output, or as one line each on standard error."""
    if as_json:
        print_json({"findings": [finding.as_dict() for finding in findings]})
        return
    for finding in findings:
        print(finding, file=sys.stderr)
    print(f"{len(findings)} mistake{'s' if len(findings) != 1 else ''}", file=sys.stderr)


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], out: TextIO | None = None
) -> None:
    """Print a table: drawn for a person on a terminal, tab-separated for a pipe."""
    out = out or sys.stdout
    if not out.isatty():
        for row in (columns, *rows):
            print("\t".join(str(cell) for cell in row), file=out)
        return
    from rich.console import Console  # noqa: PLC0415 - 50 ms that only a terminal needs
    from rich.table import Table  # noqa: PLC0415

    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    Console(file=out).print(table)


def progress(items: Iterable[Item], title: str, total: int) -> Iterable[Item]:
    """Return ``items`` with a progress bar on standard error when a person is watching."""
    if not sys.stderr.isatty():
        return items
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import track  # noqa: PLC0415

    return track(items, description=title, total=total, console=Console(stderr=True), transient=True)


@contextmanager
def bar(title: str, total: int) -> Iterator[Callable[[], None]]:
    """Hold a progress bar on standard error when a person is watching; call what it gives for each thing done."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(title, total=total)
        yield lambda: shown.advance(task)


@contextmanager
def count_bar(title: str) -> Iterator[tuple[Callable[[int], None], Callable[[], None]]]:
    """Hold a bar for work whose amount shows later: call the first with the total, the second for each thing done."""
    if not sys.stderr.isatty():
        yield lambda _: None, lambda: None
        return
    from rich.console import Console  # noqa: PLC0415 - as above
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task(title, total=None)
        yield lambda total: shown.update(task, total=total), lambda: shown.advance(task)
