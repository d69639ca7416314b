"""What is wrong with a host, worst first, and what may be done about it without asking (pure)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from fnmatch import fnmatch

from nanxi.maintenance.patrol.facts import HostFacts

#: Units that may be restarted without asking: they bring themselves back to work, and nobody's session ends with them.
SAFE_UNITS = ("nanxi-*", "chrony.service", "snmpd.service", "prometheus*.service")
#: What a vacuumed journal may keep, in bytes.
JOURNAL_KEEPS = 200 * 2**20
#: Versions that hosts of one role should share.
_SHARED = ("release", "nanxi", "ffmpeg", "nftables")


class Severity(IntEnum):
    """The order in which people should look."""

    CRITICAL = 0  # footage is being lost, or the host cannot be read
    WARNING = 1  # it will be, or a protection is weaker than declared
    NOTICE = 2


class Matter(StrEnum):
    """What is wrong."""

    UNREACHABLE = "unreachable"
    NOT_RECORDING = "not recording"
    UNIT_FAILED = "unit failed"
    DISK_FULL = "disk full"
    INODES = "inodes used up"
    CLOCK_OFF = "clock off"
    CLOCK_ALONE = "clock follows nobody"
    RULES_ON_TRIAL = "rules on trial"
    RULES_NOT_KEPT = "rules not kept"
    MEMORY = "memory short"
    VERSION = "version differs"
    REBOOTED = "rebooted"


class Remedy(StrEnum):
    """What ``--fix`` may do."""

    RESTART = "restart"
    VACUUM = "vacuum"


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is wrong; shares are of 1, times in seconds."""

    disk_warning: float = 0.90
    disk_critical: float = 0.97
    memory_available: float = 0.05
    clock_warning_s: float = 2.0
    clock_critical_s: float = 5.0
    recording_age_s: float = 150.0  # two segments of a minute, and the time to close one
    rebooted_s: float = 3600.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong with one host; ``subject`` is the unit, disk or camera, ``value`` what was found."""

    severity: Severity
    matter: Matter
    host: str
    subject: str = ""
    value: str = ""
    remedy: Remedy | None = None


def ranked(troubles: Iterable[Trouble]) -> list[Trouble]:
    """Return troubles in the order in which people should look at them."""
    matters = list(Matter)
    return sorted(troubles, key=lambda one: (one.severity, matters.index(one.matter), one.host, one.subject))


def judge(host: str, facts: HostFacts, limits: Limits) -> list[Trouble]:
    """Return what is wrong with one host, by what it says of itself."""
    return ranked(
        [
            *_recordings(host, facts, limits),
            *_units(host, facts),
            *_disks(host, facts, limits),
            *_clock(host, facts, limits),
            *_rest(host, facts, limits),
        ]
    )


def _recordings(host: str, facts: HostFacts, limits: Limits) -> Iterable[Trouble]:
    stale = [
        camera for camera in facts.cameras if facts.now - facts.newest.get(camera, 0) > limits.recording_age_s
    ]
    # One host with a dead disk is one trouble, not three hundred.
    if stale:
        named = ", ".join(stale[:3]) + (", …" if len(stale) > 3 else "")
        value = f"{len(stale)}/{len(facts.cameras)}"
        yield Trouble(Severity.CRITICAL, Matter.NOT_RECORDING, host, named, value)


def _units(host: str, facts: HostFacts) -> Iterable[Trouble]:
    for unit in facts.failed:
        safe = any(fnmatch(unit, pattern) for pattern in SAFE_UNITS)
        severity = Severity.CRITICAL if unit.startswith("nanxi-") else Severity.WARNING
        yield Trouble(severity, Matter.UNIT_FAILED, host, unit, remedy=Remedy.RESTART if safe else None)


def _disks(host: str, facts: HostFacts, limits: Limits) -> Iterable[Trouble]:
    for disk in facts.disks:
        if disk.used > limits.disk_warning:
            full = disk.used > limits.disk_critical
            # Only the journal may go without asking, and only where it lies and is large.
            vacuum = disk.mount in ("/", "/var", "/var/log") and facts.journal_bytes > JOURNAL_KEEPS
            yield Trouble(
                Severity.CRITICAL if full else Severity.WARNING,
                Matter.DISK_FULL,
                host,
                disk.mount,
                f"{disk.used:.1%}",
                Remedy.VACUUM if vacuum else None,
            )
        if disk.inodes_used > limits.disk_warning:
            yield Trouble(Severity.WARNING, Matter.INODES, host, disk.mount, f"{disk.inodes_used:.1%}")


def _clock(host: str, facts: HostFacts, limits: Limits) -> Iterable[Trouble]:
    if facts.clock is None or facts.clock.stratum == 0:
        yield Trouble(Severity.WARNING, Matter.CLOCK_ALONE, host, remedy=None)
        return
    off = abs(facts.clock.offset_s)
    if off > limits.clock_warning_s:
        severity = Severity.CRITICAL if off > limits.clock_critical_s else Severity.WARNING
        yield Trouble(
            severity, Matter.CLOCK_OFF, host, facts.clock.reference, f"{facts.clock.offset_s:+.3f} s"
        )


def _rest(host: str, facts: HostFacts, limits: Limits) -> Iterable[Trouble]:
    if facts.trial:
        yield Trouble(Severity.WARNING, Matter.RULES_ON_TRIAL, host)
    elif not facts.rules_kept:
        yield Trouble(Severity.WARNING, Matter.RULES_NOT_KEPT, host)
    if facts.memory_available < limits.memory_available:
        yield Trouble(Severity.WARNING, Matter.MEMORY, host, value=f"{facts.memory_available:.1%}")
    if facts.uptime_s < limits.rebooted_s:
        yield Trouble(Severity.NOTICE, Matter.REBOOTED, host, value=f"{facts.uptime_s / 60:.0f} min")


def odd_versions(roles: Mapping[str, str], facts: Mapping[str, HostFacts]) -> list[Trouble]:
    """Return hosts whose versions are not those of most hosts of their role: a forgotten one, or a campaign's rest."""
    found = []
    for role in sorted(set(roles.values())):
        hosts = [host for host in facts if roles[host] == role]
        for name in _SHARED:
            seen = Counter(facts[host].versions.get(name, "-") for host in hosts)
            (usual, count), *others = seen.most_common() or [("", 0)]
            # Half and half is no majority: nobody knows which is right.
            if not others or count == others[0][1]:
                continue
            seen_at = {host: facts[host].versions.get(name, "-") for host in hosts}
            found += [
                Trouble(Severity.NOTICE, Matter.VERSION, host, name, f"{version} ({usual})")
                for host, version in seen_at.items()
                if version != usual
            ]
    return found
