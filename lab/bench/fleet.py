"""The fleet: converge factory-new cameras, survey all of them, and a run of cameras.yml in which nothing differs."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path

from lab.bench.county import BIN, ROOT, BenchCounty
from lab.bench.measure import BenchError, Usage, run
from lab.bench.report import Figure, show
from lab.daemon import Daemon
from lab.twin.ctl import call

CAMERAS = ROOT / "playbooks/cameras.yml"
CONTROL = "twins.sock"

#: Ansible's own price of a task on a host: an action that runs in the forked worker and does nothing.
_NOOP = "- {hosts: all, gather_facts: false, tasks: [{ansible.builtin.debug: {msg: ''}}]}\n"


def bench(county: BenchCounty, by_playbook: int) -> None:
    """Converge ``by_playbook`` cameras through Ansible and the rest through the library; then survey and no-op run."""
    hosts = managed(county)
    count = len(hosts)
    with ExitStack() as stack:
        twins = Daemon(
            name="bench-twins",
            command=(
                *(sys.executable, "-m", "lab.twin", "--inventory", str(county.inventory), "--no-rtsp"),
                *("--control", str(county.folder / CONTROL)),
            ),
            ready="ready",
            folder=county.folder,
        )
        stack.callback(twins.stop)
        twins.start()
        converged(county, hosts[:by_playbook])
        client(county, "converge", count - by_playbook, by_playbook)
        surveyed(county, count)
        repaired(county, hosts[:by_playbook])
        nothing_to_do(county, count)
        print(
            f"(the twins, not counted above: {memory_mib(twins.pid):.0f} MiB for {count} cameras in one process)"
        )


def managed(county: BenchCounty) -> list[str]:
    """Return the cameras that a playbook may touch, in the register's order."""
    listed = run(
        [BIN / "ansible", "-i", county.inventory, "cameras:&managed", "--list-hosts"],
        environment=county.environment,
    )
    return [line.strip() for line in listed.output.splitlines()[1:] if line.strip()]


def converged(county: BenchCounty, hosts: list[str]) -> None:
    """Converge factory-new cameras with the playbook, beside a playbook that does nothing on the same hosts."""
    floor = fork(county, hosts)
    ours = limited(county, CAMERAS, hosts)
    show(
        f"Converge of {len(hosts)} factory-new cameras with playbooks/cameras.yml",
        [
            Figure(
                "CPU per camera", "ms", ours.cpu_s * 1000 / len(hosts), floor * 1000, "an empty task's fork"
            ),
            Figure("wall", "s", ours.wall_s),
            Figure("peak memory of the largest process", "MiB", ours.peak_mib),
        ],
    )


def repaired(county: BenchCounty, hosts: list[str]) -> None:
    """Repair one altered field of each camera; what the run without a difference costs anyway is subtracted."""
    floor, nothing = fork(county, hosts), limited(county, CAMERAS, hosts)
    for host in hosts:
        call(county.folder / CONTROL, "patch", host, section="hostname", value={"name": "altered"})
    ours = limited(county, CAMERAS, hosts)
    each_ms = (ours.cpu_s - nothing.cpu_s) * 1000 / len(hosts)
    show(
        f"Repair of one field on {len(hosts)} cameras with playbooks/cameras.yml",
        [
            Figure(
                "CPU per changed camera, Ansible's fork included",
                "ms",
                each_ms,
                floor * 1000,
                "an empty task's fork",
            ),
            Figure("on top of the fork", "ms", each_ms - floor * 1000, hold="<= 15 ms"),
        ],
    )


def fork(county: BenchCounty, hosts: list[str]) -> float:
    """Return the CPU seconds that Ansible itself costs per host and task: an action that does nothing."""
    noop = county.folder / "noop.yml"
    noop.write_text(_NOOP)
    many, one = limited(county, noop, hosts), limited(county, noop, hosts[:1])
    return (many.cpu_s - one.cpu_s) / (len(hosts) - 1)


def surveyed(county: BenchCounty, count: int, with_zeep: int = 300) -> None:
    """Survey the fleet with our client, with bare aiohttp, and with zeep."""
    ours, floor = client(county, "survey", count), client(county, "floor", count)
    everything = client(county, "survey-all", count)
    started, started_floor = client(county, "survey", 0), client(county, "floor", 0)
    zeep, started_zeep = client(county, "zeep", with_zeep), client(county, "zeep", 0)
    ours_ms, floor_ms = each(ours, started, count), each(floor, started_floor, count)
    zeep_ms = each(zeep, started_zeep, with_zeep)
    all_ms = each(everything, started, count)
    show(
        f"Survey of {count} cameras (zeep: {with_zeep})",
        [
            Figure(
                "clock, identity, NTP, encoders, OSD: CPU per camera",
                "ms",
                ours_ms,
                floor_ms,
                "bare aiohttp",
                "<= 2 ms, <= 2x",
            ),
            Figure("the same", "ms", ours_ms, zeep_ms, "zeep, WSDL shared"),
            Figure("every aspect: CPU per camera", "ms", all_ms, floor_ms, "bare aiohttp, six reads"),
            Figure("every aspect: wall", "s", everything.wall_s),
            Figure("peak memory", "MiB", everything.peak_mib, floor.peak_mib, "bare aiohttp"),
        ],
    )


def nothing_to_do(county: BenchCounty, count: int) -> None:
    """Run cameras.yml over a fleet that is as declared."""
    ours = playbook(county, CAMERAS)
    show(
        f"cameras.yml over {count} cameras, nothing to do",
        [
            Figure("CPU of the control node", "s", ours.cpu_s, hold="<= 15 s"),
            Figure("wall, on the cores that also run the twins", "s", ours.wall_s),
            Figure("peak memory", "MiB", ours.peak_mib),
        ],
    )


def limited(county: BenchCounty, path: Path, hosts: list[str]) -> Usage:
    """Run a playbook over these hosts only."""
    limit = county.folder / "limit"
    limit.write_text("\n".join(hosts))
    return playbook(county, path, "--limit", f"@{limit}")


def playbook(county: BenchCounty, path: Path, *arguments: str) -> Usage:
    """Run a playbook over the bench county."""
    command = [BIN / "ansible-playbook", "-i", county.inventory, path, *arguments]
    return run(command, environment=county.environment)


def client(county: BenchCounty, verb: str, count: int, skip: int = 0) -> Usage:
    """Run one client over ``count`` cameras."""
    command = [sys.executable, "-m", "lab.bench.client", str(county.folder), verb, str(count), str(skip)]
    return run(command, environment=county.environment)


def each(many: Usage, none: Usage, count: int) -> float:
    """Return CPU milliseconds per camera, start-up subtracted."""
    return (many.cpu_s - none.cpu_s) * 1000 / count


def memory_mib(pid: int | None) -> float:
    """Return the resident memory of a process."""
    if pid is None:
        raise BenchError("the twins died on the way")
    for line in Path(f"/proc/{pid}/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise BenchError(f"process {pid} has no memory")
