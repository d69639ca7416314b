"""The driver over SSH against switch twins, which are written from manuals and not from our dialects."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from lab.switches.profile import PROFILES
from nanxi.devices.driver import Credential, Secret, Target
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.outcome import Verdict
from nanxi.devices.switch import hostkeys
from nanxi.devices.switch.converge import converge
from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.intent import intend
from nanxi.devices.switch.job import Surroundings, SwitchJob
from nanxi.devices.switch.reading import tree_of
from nanxi.devices.switch.render import render
from nanxi.estate import load_estate
from nanxi.fleet.switches import connector

pytest_plugins = ["tests.support.switches"]

ROOT = Path(__file__).parents[3]
#: platform, profile, ports as the hardware calls them, what its operator must allow.
KINDS = {
    "huawei_vrp8": ("huawei_vrp", "GigabitEthernet0/0/", {}),
    "hp_comware": ("hp_comware", "GigabitEthernet1/0/", {}),
    "cisco_ios": ("cisco_ios", "GigabitEthernet1/0/", {}),
    # No timed rollback that its maker documents, and this one knows no scheduled reloading either.
    "ruijie_os": ("ruijie_os", "GigabitEthernet 0/", {"allow_unarmed": True}),
}
ALL = [name for name in KINDS if (PROFILES / f"{name}.yml").exists()]
SECRETS = {"snmp_auth": Secret("Auth-12345678"), "snmp_privacy": Secret("Priv-12345678")}

SMALL = {
    "huawei_vrp": "vlan 110\n description cameras\ninterface {port}1\n port link-type access\n port default vlan 110\n",
    "hp_comware": "vlan 110\n name cameras\ninterface {port}1\n description camera\n port access vlan 110\n",
    "cisco_ios": "vlan 110\n name cameras\ninterface {port}1\n switchport access vlan 110\n switchport mode access\n",
    "ruijie_os": "vlan 110\n name cameras\ninterface {port}1\n description camera\n switchport access vlan 110\n",
}


@pytest.fixture(scope="module")
def intent():
    return intend(load_estate(ROOT / "inventory/lab", ROOT / "inventory/lab/register"), "shangtang-sw01")


def load(twin, lines):
    """Let a twin run, and start with, other lines."""

    async def begin():
        twin.switch.startup = "\n".join(lines) + "\n"
        twin.switch.replace(await twin.switch.load(twin.switch.startup))

    twin._background.run(begin())


def ordered(switches, kind, **options):
    platform, ports, _ = KINDS[kind]
    twin = switches(platform, profile=kind, uplink=f"{ports}24", **options)
    if kind == "cisco_ios":  # somebody has set up the archive, without which it does not arm
        load(
            twin, [line for line in twin.running() if line != "end"] + ["archive", " path flash:nanxi", "end"]
        )
    return twin


def job_for(twin, kind, text, password=None, **settings):
    platform, ports, allowed = KINDS[kind]
    spoken = DIALECTS[platform]
    credential = Credential(twin.user, Secret(password or twin.password))
    target = Target("sw01", IPv4Address(twin.host), twin.port, 0, "x", "", (credential,), SECRETS)
    return SwitchJob(target, spoken, tree_of(text.replace("{port}", ports), spoken), **(allowed | settings))


def whole(intent, kind):
    platform, ports, _ = KINDS[kind]
    return render(intent, DIALECTS[platform]).replace("GigabitEthernet0/0/", ports)


def small(kind):
    return SMALL[KINDS[kind][0]]


#: Twins and processes at a time.
_AT_ONCE = 6


class TwinClock:
    """Pushes the twin's clock where the driver waits."""

    def __init__(self, twin):
        self._twin, self._ahead = twin, 0.0

    def now(self):
        return datetime.now(UTC) + timedelta(seconds=self._ahead)

    def sleep(self, seconds):
        self._ahead += seconds
        self._twin.advance(seconds)


def run(job, twin, state, *, check=False, wrap=None):
    connect = connector(LockoutGuard(state / "guard"), state)

    def opened(work):
        shell = connect(work)
        return wrap(shell) if wrap else shell

    return converge(job, Surroundings(opened, TwinClock(twin)), state, check=check)


@pytest.mark.parametrize("kind", ALL)
def test_everything_the_lab_wants_is_taken_read_back_and_saved(kind, intent, switches, tmp_path):
    twin = ordered(switches, kind)
    job = job_for(twin, kind, whole(intent, kind))
    before = twin.running()
    looked = run(job, twin, tmp_path, check=True)
    assert (looked.verdict, twin.running()) == (Verdict.DRIFTED, before)
    done = run(job, twin, tmp_path)
    assert (done.verdict, done.reason) == (Verdict.CHANGED, "")
    assert twin.running() == twin.startup()
    again = run(job, twin, tmp_path)
    assert (again.verdict, again.changes) == (Verdict.DECLARED, ())
    kept = "".join(file.read_text() for file in tmp_path.rglob("*") if file.is_file() and file.name != "key")
    assert not any(secret.value in kept + repr(done) for secret in (*SECRETS.values(), Secret(twin.password)))


@pytest.mark.parametrize("kind", ["hp_comware", "cisco_ios"])
def test_a_line_altered_by_hand_is_found_and_repaired(kind, intent, switches, tmp_path):
    twin = ordered(switches, kind)
    job = job_for(twin, kind, small(kind))
    assert run(job, twin, tmp_path).verdict is Verdict.CHANGED
    wanted = twin.running()
    by_hand = small(kind).replace("110", "111")
    assert run(job_for(twin, kind, by_hand), twin, tmp_path).verdict is Verdict.CHANGED
    found = run(job, twin, tmp_path, check=True)
    assert f"interface.{KINDS[kind][1].replace(' ', '')}1" in found.reason
    assert run(replace(job, own=frozenset({"vlan"})), twin, tmp_path).verdict is Verdict.CHANGED
    # The VLAN that the address of the switch is in was not declared here, and is needed all the same.
    assert [line for line in twin.running() if "vlan 111" in line] == []
    assert len(twin.running()) <= len(wanted)


class Fatal:
    """A shell whose process dies at the nth command, after it was sent or before."""

    def __init__(self, shell, left):
        self._shell, self._left = shell, left

    @property
    def prompt(self):
        return self._shell.prompt

    def send(self, command, timeout_s=30.0):
        self._left[0] -= 1
        if self._left[0] == 0:
            os._exit(9)
        return self._shell.send(command, timeout_s)

    def close(self):
        self._shell.close()


def _doomed(job, state, point):
    """Converge in a process of its own that dies at a command; the twin lives in the parent."""
    left = [point]
    connect = connector(LockoutGuard(state / "guard"), state)
    converge(job, Surroundings(lambda work: Fatal(connect(work), left)), state)
    os._exit(0)


def text_of(twin, lines):
    """Return a configuration without what is each twin's own: its name, the salt of its password."""
    name = twin.switch.installation.host
    return [line.replace(name, "HOST") for line in lines if "password" not in line and " secret " not in line]


@pytest.mark.parametrize("kind", ALL)
def test_controller_killed_at_every_command(kind, switches, tmp_path):
    """N2 over SSH: a killed process, then the timer: the old configuration, or the new one confirmed; startup never ahead."""
    fork = multiprocessing.get_context("fork")
    reference = ordered(switches, kind)
    assert (
        run(job_for(reference, kind, small(kind)), reference, tmp_path / "whole").verdict is Verdict.CHANGED
    )
    new = text_of(reference, reference.running())
    point, finished, saved = 0, False, 0
    while not finished:
        batch = []
        for _ in range(_AT_ONCE):  # they mostly wait
            point += 1
            twin = ordered(switches, kind)
            was = (twin.running(), twin.startup())
            process = fork.Process(
                target=_doomed, args=(job_for(twin, kind, small(kind)), tmp_path / str(point), point)
            )
            process.start()
            batch.append((point, twin, was, process))
        for number, twin, (running, startup), process in batch:
            process.join(60)
            finished |= process.exitcode == 0
            twin.drop()
            ahead = twin.startup() != startup
            twin.advance(1200)
            if (
                kind == "ruijie_os"
            ):  # which takes nothing back by itself: a reboot does, or the next run ends the work
                assert not ahead or text_of(twin, twin.running()) == new, number
                if number % 2:
                    twin.reboot()
                else:
                    again = run(job_for(twin, kind, small(kind)), twin, tmp_path / str(number))
                    assert again.verdict in (Verdict.CHANGED, Verdict.DECLARED), number
                    assert twin.running() == twin.startup()
            assert text_of(twin, twin.running()) in (text_of(twin, running), new), number
            assert not ahead or text_of(twin, twin.running()) == new, number
            saved += ahead
    assert point > 15
    assert saved


@pytest.mark.parametrize("kind", ALL)
def test_refused_line(kind, switches, tmp_path):
    twin = ordered(switches, kind)
    before = twin.running()
    twin.fault(refuses=((r"vlan 110$", ""),))
    outcome = run(job_for(twin, kind, small(kind)), twin, tmp_path)
    assert outcome.verdict is Verdict.FAILED
    assert "vlan 110" in outcome.reason
    assert "the old configuration" in outcome.reason
    assert twin.running() == before


@pytest.mark.parametrize("kind", ALL)
def test_save_fails(kind, switches, tmp_path):
    twin = ordered(switches, kind)
    saved = twin.startup()
    twin.fault(save_fails=True)
    outcome = run(job_for(twin, kind, small(kind)), twin, tmp_path)
    assert (outcome.verdict, "not saved" in outcome.reason) == (Verdict.FAILED, True), outcome.reason
    assert twin.startup() == saved
    twin.fault(save_fails=False)
    assert run(job_for(twin, kind, small(kind)), twin, tmp_path).verdict is Verdict.CHANGED
    assert twin.startup() == twin.running()


@pytest.mark.parametrize(
    ("kind", "quirk"),
    [
        ("huawei_vrp8", "N1"),
        ("ruijie_os", "N2"),
        ("hp_comware", "N3"),
        ("huawei_vrp8", "vrp-link-type"),
    ],
)
def test_quirks_of_signing_in_and_of_ports(kind, quirk, switches, tmp_path):
    twin = ordered(switches, kind, quirks=(quirk,))
    outcome = run(job_for(twin, kind, small(kind)), twin, tmp_path)
    assert (outcome.verdict, outcome.reason) == (Verdict.CHANGED, "")


def test_wrong_password_is_tried_once(switches, tmp_path):
    twin = ordered(switches, ALL[0])
    job = job_for(twin, ALL[0], small(ALL[0]), password="wrong-password-1")
    assert run(job, twin, tmp_path, check=True).verdict is Verdict.REFUSED
    assert run(job, twin, tmp_path, check=True).verdict is Verdict.LOCKED


def test_changed_host_key_is_named_and_nothing_is_sent(switches, tmp_path):
    twin, other = ordered(switches, ALL[0]), ordered(switches, ALL[0])
    job = job_for(twin, ALL[0], small(ALL[0]))
    run(job, twin, tmp_path, check=True)
    known = tmp_path / hostkeys.FILE
    stranger = job_for(other, ALL[0], small(ALL[0]))
    run(stranger, other, tmp_path, check=True)
    first, second = known.read_text().splitlines()
    swapped = f"{first.split()[0]} {second.split(maxsplit=1)[1]}\n"
    known.write_text(swapped)
    typed = len(twin.typed())
    outcome = run(job, twin, tmp_path, check=True)
    assert outcome.verdict is Verdict.HOSTILE
    assert "ssh-keygen -f" in outcome.reason
    assert len(twin.typed()) == typed
    assert known.read_text() == swapped


def test_nobody_there(switches, tmp_path):
    twin = ordered(switches, ALL[0])
    job = job_for(twin, ALL[0], small(ALL[0]))
    nowhere = replace(job, target=replace(job.target, http_port=1))
    assert run(nowhere, twin, tmp_path, check=True).verdict is Verdict.UNREACHABLE
