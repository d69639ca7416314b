"""The course of a change on a simulated switch: whatever happens, it answers and holds the old or the new (D10, N1-N3)."""

from __future__ import annotations

from contextlib import suppress

import pytest

from nanxi.devices.outcome import Verdict
from nanxi.devices.switch.course import COURSE, Event, Step
from nanxi.devices.switch.dialects import DIALECTS
from nanxi.devices.switch.job import Proof
from tests.devices.switch.simulator import clone
from tests.devices.switch.world import SECRET, job, normal, run, switch, works

ALL = sorted(DIALECTS)
#: Ruijie documents no timed rollback; its way back is a reboot, which an operator must allow.
ALLOWED = {"ruijie_os": {"allow_unarmed": True}}
#: The first command after which the running configuration may differ.
ARMS = {"huawei_vrp": "commit trial", "hp_comware": "configuration commit delay", "ruijie_os": "reload in",
        "cisco_ios": "configure terminal revert timer"}  # fmt: skip


def allowed(dialect):
    return job(dialect, **ALLOWED.get(dialect, {}))


class Killed(BaseException):
    """The controller dies: no handler of ours sees it."""


@pytest.mark.parametrize("dialect", ALL)
def test_check_mode_says_and_changes_nothing(dialect, tmp_path):
    device = switch(dialect)
    outcome = run(device, tmp_path, allowed(dialect), check=True)
    assert outcome.verdict is Verdict.DRIFTED
    assert {"vlan.110"} < {change.field for change in outcome.changes}
    assert device.running == device.startup == works(dialect)
    assert not any(ARMS[dialect] in command for command in device.log)


@pytest.mark.parametrize("dialect", ALL)
def test_first_run_changes_saves_and_second_finds_nothing(dialect, tmp_path):
    device = switch(dialect)
    assert run(device, tmp_path, allowed(dialect)).verdict is Verdict.CHANGED
    assert device.running == device.startup
    assert device.deadline is None
    assert {"vlan 30", "lldp enable", "lldp run"} & set(device.running)  # what is not Nanxi's stays
    done = list(device.log)
    again = run(device, tmp_path, allowed(dialect))
    assert (again.verdict, again.changes) == (Verdict.DECLARED, ())
    assert all(command.startswith(("display", "show")) for command in device.log[len(done) :] if command)


@pytest.mark.parametrize("dialect", ALL)
def test_armed_before_the_first_changing_line_and_saved_last(dialect, tmp_path):
    device = switch(dialect)
    seen: list[tuple[str, bool]] = []

    def watch(command):
        seen.append((command, device.running == works(dialect)))

    run(device, tmp_path, allowed(dialect), die=watch)
    commands = [command for command, _ in seen]
    armed = next(index for index, command in enumerate(commands) if ARMS[dialect] in command)
    assert all(untouched for _, untouched in seen[: armed + 1])
    saved = commands.index(DIALECTS[dialect].save)
    confirmed = max(
        index
        for index, one in enumerate(commands)
        if one in {way.confirm for way in DIALECTS[dialect].armings}
    )
    assert armed < confirmed < saved


@pytest.mark.parametrize("dialect", ALL)
def test_killed_at_every_command(dialect, tmp_path):
    """N2: the switch has its old configuration back, or the new one confirmed; startup is never ahead of running."""
    whole = switch(dialect)
    run(whole, tmp_path / "whole", allowed(dialect))
    new = clone(whole.running)
    for point in range(len(whole.log) + 1):
        device, left = switch(dialect), [point]

        def die(command, left=left):
            left[0] -= 1
            if left[0] < 0:
                raise Killed

        state = tmp_path / f"killed-{point}"
        with suppress(Killed):
            run(device, state, allowed(dialect), die=die)
        before = clone(device.startup)
        device.sleep(3600)
        assert normal(device, device.running) in (normal(device, works(dialect)), normal(device, new)), point
        assert before in (works(dialect), new)
        if device.running == works(dialect):
            assert device.startup == works(dialect)
        assert run(device, state, allowed(dialect)).verdict in (Verdict.CHANGED, Verdict.DECLARED), point
        assert device.running == device.startup == new, point


@pytest.mark.parametrize("dialect", ALL)
def test_a_run_that_died_is_named_until_its_timer_ends(dialect, tmp_path):
    device = switch(dialect)

    def die(command):
        if "vlan 110" in command:
            raise Killed

    with pytest.raises(Killed):
        run(device, tmp_path, allowed(dialect), die=die)
    told = run(device, tmp_path, allowed(dialect))
    assert told.verdict is Verdict.LOCKED
    assert "run again after that" in told.reason


@pytest.mark.parametrize("dialect", ALL)
def test_session_dies_after_half_of_the_lines(dialect, tmp_path):
    whole = switch(dialect)
    run(whole, tmp_path / "whole", allowed(dialect))
    for point in range(len(whole.log)):
        device = switch(dialect, drops_after=point)
        outcome = run(device, tmp_path / str(point), allowed(dialect))
        old_or_new = (normal(device, works(dialect)), normal(device, whole.running))
        assert normal(device, device.running) in old_or_new, (point, whole.log[point])
        assert (outcome.verdict is Verdict.CHANGED) <= (device.startup == device.running)


@pytest.mark.parametrize("dialect", ALL)
def test_refused_line_is_named_and_rolled_back(dialect, tmp_path):
    device = switch(dialect, refuse=r"^description shangtang-cam0001$")
    outcome = run(device, tmp_path, allowed(dialect))
    assert outcome.verdict is Verdict.FAILED
    assert "'description shangtang-cam0001'" in outcome.reason
    assert not outcome.untouched
    assert "the old configuration" in outcome.reason
    assert normal(device, device.running) == normal(device, works(dialect))
    assert device.deadline is None


@pytest.mark.parametrize("dialect", ALL)
def test_change_that_cuts_management_off_is_taken_back_by_the_switch(dialect, tmp_path):
    device = switch(dialect, cut_by=r"^(protocol inbound|transport input) ssh$")
    outcome = run(device, tmp_path, allowed(dialect))
    assert outcome.verdict is Verdict.UNREACHABLE
    assert not device.cut_off
    assert normal(device, device.running) == normal(device, works(dialect))
    assert device.startup == works(dialect)
    assert "the old configuration" in outcome.reason


@pytest.mark.parametrize("dialect", ALL)
def test_service_that_worked_must_work_after_it(dialect, tmp_path):
    device = switch(dialect)

    def camera():
        return "no answer" if any("110" in line for port in device.running.values() for line in port) else ""

    proofs = (
        Proof("camera shangtang-cam0001", camera),
        Proof("a camera that was dead before", lambda: "dead"),
    )
    outcome = run(device, tmp_path, job(dialect, proofs=proofs, **ALLOWED.get(dialect, {})))
    assert outcome.verdict is Verdict.FAILED
    assert "camera shangtang-cam0001: no answer" in outcome.reason
    assert "dead before" not in outcome.reason
    assert normal(device, device.running) == normal(device, works(dialect))


@pytest.mark.parametrize("dialect", ALL)
def test_save_that_fails_is_said_and_made_up_for(dialect, tmp_path):
    device = switch(dialect, save_fails=True)
    outcome = run(device, tmp_path, allowed(dialect))
    assert outcome.verdict is Verdict.FAILED
    assert "not saved" in outcome.reason
    assert device.startup == works(dialect)
    device.save_fails = False
    assert run(device, tmp_path, allowed(dialect)).verdict is Verdict.CHANGED
    assert device.startup == device.running


@pytest.mark.parametrize("dialect", ALL)
def test_reboot_without_the_save_is_a_change_again(dialect, tmp_path):
    device = switch(dialect, save_fails=True)
    run(device, tmp_path, allowed(dialect))
    device.save_fails = False
    device.reboot()
    assert device.running == works(dialect)
    assert run(device, tmp_path, allowed(dialect)).verdict is Verdict.CHANGED
    assert device.startup == device.running != works(dialect)


def test_switch_with_one_terminal(tmp_path):
    device = switch("hp_comware", one_terminal=True)
    assert run(device, tmp_path, job("hp_comware")).verdict is Verdict.CHANGED
    assert device.startup == device.running


def test_two_runs_at_once(tmp_path):
    device, told = switch("hp_comware"), []

    def meanwhile(command):
        if command == "vlan 110" and not told:
            told.append("")
            told.append(run(device, tmp_path, job("hp_comware")))

    assert run(device, tmp_path, job("hp_comware"), die=meanwhile).verdict is Verdict.CHANGED
    assert told[1].verdict is Verdict.LOCKED
    assert "process" in told[1].reason


@pytest.mark.parametrize("dialect", ALL)
def test_without_a_timed_rollback_nothing_is_changed_unless_allowed(dialect, tmp_path):
    device = switch(dialect, timed=False)
    outcome = run(device, tmp_path, job(dialect))
    assert outcome.verdict is Verdict.FAILED
    assert "allow" in outcome.reason
    assert outcome.untouched
    assert device.running == device.startup == works(dialect)
    assert device.deadline is None
    assert run(device, tmp_path, job(dialect, allow_unarmed=True)).verdict is Verdict.CHANGED


def test_secret_is_sent_and_nowhere_else(tmp_path):
    device = switch("huawei_vrp")
    outcome = run(device, tmp_path, job("huawei_vrp"))
    assert SECRET not in repr(outcome)
    for file in tmp_path.rglob("*"):
        if file.is_file():
            assert SECRET not in file.read_text()
            assert file.stat().st_mode & 0o077 == 0


def test_backup_before_the_change(tmp_path):
    device = switch("cisco_ios")
    run(device, tmp_path, job("cisco_ios"))
    (backup,) = (tmp_path / "switches/sw01").glob("*.cfg")
    assert "switchport access vlan 30" in backup.read_text()


def test_the_course_reaches_saving_only_through_confirming():
    into = {}
    for (step, event), after in COURSE.items():
        into.setdefault(after, set()).add((step, event))
    assert into[Step.PUSH] == {(Step.ARM, Event.DONE)}
    assert into[Step.CONFIRM] == {(Step.PROVE, Event.DONE)}
    assert into[Step.SAVE] == {(Step.CONFIRM, Event.DONE), (Step.PLAN, Event.UNSAVED)}
    assert set(Step) - {Step.END} == {step for step, _ in COURSE}
