# Apache-2.0
"""Progress of a survey: a bar for a person on a terminal, a line for every tenth of the fleet elsewhere."""

from __future__ import annotations

import sys
from collections import Counter

from ansible.utils.display import Display
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nanxi.fleet.words import VERDICTS, WORDS

#: Asked before Ansible forks: a worker's standard output is nowhere.
INTERACTIVE = sys.stdout.isatty()


class Screen:
    """What a worker writes on goes through Ansible's Display to the main process."""

    encoding = "utf-8"

    def write(self, text):
        Display().display(text, screen_only=True, newline=False)

    def flush(self):
        pass

    def isatty(self):
        return True


class Lines:
    """One line for every tenth of the devices, and for at least fifty."""

    def __init__(self, total, language):
        self.total, self.language, self.counts = total, language, Counter()
        self.step = max(50, -(-total // 10))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __call__(self, outcome):
        self.counts[outcome.verdict] += 1
        done = self.counts.total()
        if done == self.total or done % self.step == 0:
            Display().display(f"{WORDS[self.language]['surveyed']} {done}/{self.total}: {self.text()}")

    def text(self):
        words = VERDICTS[self.language]
        return ", ".join(
            f"{words[verdict]} {self.counts[verdict]}" for verdict in words if self.counts[verdict]
        )


class Bar(Lines):
    """A bar that disappears when the survey ends."""

    def __enter__(self):
        columns = (
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[counts]}"),
        )
        console = Console(file=Screen(), force_terminal=True)
        self.bar = Progress(*columns, console=console, transient=True)
        self.bar.start()
        # A run that is interrupted must not leave the terminal without its cursor.
        console.show_cursor(True)
        self.task = self.bar.add_task("", total=self.total, counts="")
        return self

    def __exit__(self, *_):
        self.bar.stop()

    def __call__(self, outcome):
        self.counts[outcome.verdict] += 1
        self.bar.update(self.task, advance=1, counts=self.text())


def progress(total, language):
    """Return what a survey of ``total`` devices tells its outcomes to, as a context manager."""
    return (Bar if INTERACTIVE else Lines)(total, language)
