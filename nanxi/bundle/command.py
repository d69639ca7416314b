"""Run the tools that collect a bundle; what they say on failure is the error."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from nanxi.findings import NanxiError


class BundleError(NanxiError):
    """A bundle cannot be made or is not whole."""


#: Wheels that are built twice from the same source are the same file, so that a bundle keeps its number.
_ENVIRONMENT = {"SOURCE_DATE_EPOCH": "315532800"}


def run(command: Sequence[str], *, cwd: Path | None = None, patience_s: float = 1800) -> str:
    """Return what a command prints.

    Raises:
        BundleError: it is missing, fails, or takes longer than ``patience_s`` seconds.
    """
    try:
        done = subprocess.run(  # noqa: S603 - the callers' own words
            command,
            env={**os.environ, **_ENVIRONMENT},
            cwd=cwd,
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=patience_s,
        )
    except FileNotFoundError:
        raise BundleError(f"{command[0]} is missing; install Debian's apt-utils and python3-pip") from None
    except subprocess.TimeoutExpired:
        raise BundleError(f"{command[0]} took longer than {patience_s:g} s") from None
    if done.returncode:
        tail = "\n".join(done.stderr.strip().splitlines()[-12:])
        raise BundleError(f"{command[0]} ended with {done.returncode}:\n{tail}")
    return done.stdout
