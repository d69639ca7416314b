"""Show a secret to a person, and remember who asked and why."""

from __future__ import annotations

import getpass
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from nanxi.credentials.store import CredentialError, Store
from nanxi.devices.driver import Secret

LOG = "reveals.jsonl"


def reveal(store: Store, unit: str, host: str, reason: str) -> Mapping[str, Secret]:
    """Return the passwords of ``host`` once it is on the disk who asked and why.

    Raises:
        CredentialError: there is none, or nobody gave a reason, or the log cannot be written.
    """
    if not reason.strip():
        raise CredentialError("a secret is shown for a reason only: --reason '...'")
    passwords = store.passwords(unit, host)
    entry = {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "user": getpass.getuser(),
        "host": host,
        "reason": reason,
    }
    _append(store.folder / LOG, json.dumps(entry, ensure_ascii=False) + "\n")
    return passwords


def _append(path: Path, line: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise CredentialError(f"{path}: {error.strerror}; nothing is shown without a trace") from None
