"""``python -m lab.bench.waiter REPORT COMMAND…``: run a command and write what the system says it cost.

A process of its own, and a small one: Linux counts the memory of whoever starts a command into the command's own
peak (vfork shares it until exec), so a benchmark that holds a county would report its own size for everything.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def main() -> int:
    """Run the command with our input and output; its exit code is in the report, ours is 0."""
    report, *command = sys.argv[1:]
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    told = {
        "exit": process.returncode,
        "cpu_s": usage.ru_utime + usage.ru_stime,
        "wall_s": time.perf_counter() - start,
        "peak_mib": usage.ru_maxrss / 1024,
    }
    Path(report).write_text(json.dumps(told), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main())
