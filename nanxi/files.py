"""Files that are either whole and new or whole and old, whatever happens while they are written."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def write_atomically(path: Path, content: str | bytes, mode: int | None = None) -> None:
    """Replace ``path`` by ``content``: temporary file, fsync, rename, fsync of the folder.

    ``mode`` sets the permission bits; without it an existing file keeps its own and a new one follows the umask.

    Raises:
        OSError: nothing was replaced.
    """
    data = content.encode() if isinstance(content, str) else content
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask()
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            os.fchmod(file.fileno(), mode)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _umask() -> int:
    """Return the umask without leaving it changed (the kernel offers no other way to read it)."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
