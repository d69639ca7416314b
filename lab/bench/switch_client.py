"""One client over switches, as a process of its own so that its CPU can be told from the twins'.

``python -m lab.bench.switch_client converge|plain FOLDER PORT COUNT``: converge is the driver, run again it finds
nothing to do; plain sends the whole configuration with netmiko's send_config_set and saves: no difference, no timed
rollback, no proof, no reading back.
"""

from __future__ import annotations

import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from netmiko import ConnectHandler

from lab.bench.switch_site import PASSWORD, PLATFORM, address, configuration, job
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Verdict
from nanxi.devices.switch.secrets import filled
from nanxi.fleet.switches import converge_switch

_AT_ONCE = 16


def converge(folder: Path, port: int, number: int) -> str:
    """Make one switch as declared."""
    return converge_switch(job(port, number), LockoutGuard(folder / "guard"), folder / "state").verdict


def plain(_: Path, port: int, number: int) -> str:
    """Send everything."""
    secrets = job(port, number).target.passwords
    lines = [filled(line.strip(), secrets) for line in configuration(number).splitlines()]
    with ConnectHandler(
        device_type=PLATFORM,
        host=address(number),
        port=port,
        username="admin",
        password=PASSWORD,
        # Waits for the echo of each line: without it, hundreds of lines at once lose the prompt on a busy machine.
        global_cmd_verify=True,
    ) as connection:
        connection.send_config_set(lines, read_timeout=60)
        connection.save_config()
    return Verdict.CHANGED


def main() -> int:
    """Run; 1 when a switch did not end well."""
    verb, folder, port, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    work = {"converge": converge, "plain": plain}[verb]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        verdicts = Counter(pool.map(lambda number: work(folder, port, number), range(count)))
    print(dict(verdicts))
    return 0 if set(verdicts) <= {Verdict.CHANGED, Verdict.DECLARED} else 1


if __name__ == "__main__":
    sys.exit(main())
