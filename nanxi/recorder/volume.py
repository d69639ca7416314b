"""``python -m nanxi.recorder.volume PATH KEY``: mark a mounted disk as a volume; says what it did, nothing when it was one."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from nanxi.findings import NanxiError
from nanxi.recording.volumes import MARKER, create


def main() -> int:
    """Mark it. 1: it is no mounted disk, or another volume already."""
    parser = argparse.ArgumentParser(prog="python -m nanxi.recorder.volume", description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("key", help="name of the volume, for example disk1")
    parser.add_argument(
        "--plain-folder", action="store_true", help="also when nothing is mounted there (lab)"
    )
    parser.add_argument("--check", action="store_true", help="only say what would be done")
    arguments = parser.parse_args()
    path: Path = arguments.path
    known = (path / MARKER).exists()
    if not known and not arguments.plain_folder and not os.path.ismount(path):
        print(f"{path} is no mounted disk: recordings would fill the system's own", file=sys.stderr)
        return 1
    try:
        if not arguments.check:
            create(path, arguments.key)
    except (NanxiError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    if not known:
        print(f"{path} is the volume {arguments.key} now")
    return 0


if __name__ == "__main__":
    sys.exit(main())
