"""Walk the course of a change on one switch; what follows what stands in :mod:`course`, the commands in :mod:`timed`."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from nanxi.devices.errors import DeviceError, FaultError, HostileError, LockedError, UnreachableError
from nanxi.devices.switch import timed
from nanxi.devices.switch.course import COURSE, Event, Holds, Step, armings, timer_s
from nanxi.devices.switch.dialects.model import Arming, How
from nanxi.devices.switch.diff import Remedy, remedy, target
from nanxi.devices.switch.job import Surroundings, SwitchJob
from nanxi.devices.switch.reading import Reading, disagreement, read
from nanxi.devices.switch.secrets import redacted
from nanxi.devices.switch.sessions import RETRY_S, Sessions
from nanxi.devices.switch.shell import Shell
from nanxi.devices.switch.state import Pending, SwitchState, who
from nanxi.devices.switch.text import Tree

_LOG = logging.getLogger(__name__)

#: Seconds after a timer's end until the switch must be as before.
_MARGIN_S = 30.0
#: Seconds for services to come back: a port that learns needs 30 (802.1D), a camera some more.
_LEARNING_S = 60.0
_REBOOT_S = 600.0


class NotAppliedError(FaultError):
    """The switch said OK and runs something else (D5)."""


class Change:
    """One walk. ``reading``, ``wanted`` and ``remedy`` are set once their steps are done."""

    def __init__(self, job: SwitchJob, around: Surroundings, state: SwitchState, *, check: bool) -> None:
        self.job = job
        self.reading: Reading | None = None
        self.wanted: Tree = {}
        self.remedy = Remedy((), ())
        self.error: DeviceError | None = None
        self.holds = Holds.OLD
        self.saved = False
        self.touched = False  # a line that changes it was sent
        self._check = check
        self._around = around
        self._state = state
        self._arming: Arming = timed.UNARMED
        self._pending: Pending | None = None
        self._sessions = Sessions(job, around)
        self._worked: set[str] = set()
        self._measured_s = 0.0
        self._steps: Mapping[Step, Callable[[], Event]] = {
            Step.READ: self._read,
            Step.PLAN: self._plan,
            Step.BACK_UP: self._back_up,
            Step.ARM: self._arm,
            Step.PUSH: self._push,
            Step.PROVE: self._prove,
            Step.CONFIRM: self._confirm,
            Step.SAVE: self._save,
            Step.PROVE_SAVED: self._prove_saved,
            Step.TAKE_BACK: self._take_back,
            Step.AWAIT: self._await,
        }

    def walk(self) -> None:
        """Walk to the end. The switch is held by the caller."""
        step = Step.READ
        try:
            while step is not Step.END:
                event = self._done(step)
                _LOG.info("%s: %s: %s", self.job.host, step, event)
                step = COURSE[step, event]
        finally:
            self._sessions.close()

    def _done(self, step: Step) -> Event:
        try:
            return self._steps[step]()
        except UnreachableError as error:
            self.error = self.error or error
            return Event.LOST if (step, Event.LOST) in COURSE else Event.FAILED
        except DeviceError as error:
            self.error = self.error or error
            return Event.FAILED

    def _read(self) -> Event:
        self._pending = self._state.pending()
        now = self._around.clock.now()
        if self._pending and self._pending.stage == "armed" and now < self._pending.until:
            raise LockedError(
                f"a change by {self._pending.by} ended before it was confirmed; the switch takes it back by itself"
                f" until {self._pending.until:%H:%M:%S} UTC: run again after that"
            )
        self.reading = read(self._sessions.begin(), self.job.dialect)
        self._worked = {proof.name for proof in self.job.proofs if not self._check and not proof.check()}
        self._measured_s = (self._around.clock.now() - now).total_seconds()
        return Event.DONE

    def _plan(self) -> Event:
        reading, dialect = self._known(), self.job.dialect
        self.wanted = target(reading.running, self.job.intended, dialect, self.job.own)
        self.remedy = remedy(reading.running, self.wanted, dialect)
        if self.remedy:
            return Event.NOTHING if self._check else Event.DONE
        if self._pending and not reading.saved and not self._check:
            return Event.UNSAVED
        if not self._check:
            self._state.finished()
        return Event.NOTHING

    def _back_up(self) -> Event:
        steady = (
            line
            for line in self._known().text.splitlines()
            if not any(pattern.search(line) for pattern in self.job.dialect.volatile)
        )
        self._state.back_up(redacted("\n".join(steady) + "\n", self.job.target.passwords))
        return Event.DONE

    def _arm(self) -> Event:
        shell, dialect = self._sessions.first(), self.job.dialect
        prompt = timed.config_prompt(shell, dialect)
        ways = armings(
            dialect, prompt, allow_unarmed=self.job.allow_unarmed, startup_is_running=self._known().saved
        )
        said: list[str] = []
        for way in ways:
            seconds = timer_s(self._measured_s, way, self.job.timer_s)
            self._note("armed", way, seconds)
            self._arming = way
            if way.how is How.TRIAL:  # the timer starts with the change, see _push
                timed.enter(shell, dialect)
                return Event.DONE
            try:
                self._armed(shell, way, seconds)
            except FaultError as error:
                said.append(str(error))
                continue
            return Event.DONE
        self._arming = timed.UNARMED
        if not self.job.allow_unarmed:
            self._state.finished()
            raise FaultError(
                f"this switch cannot take a change back by itself ({'; '.join(said) or dialect.name}); nothing was"
                " changed. Make it able to, or allow an unarmed change for it by name (switch_allow_unarmed)"
            )
        _LOG.warning("%s: changed without a timed rollback, as the operator allowed", self.job.host)
        self._note("armed", timed.UNARMED, 0)
        timed.enter(shell, dialect)
        return Event.DONE

    def _armed(self, shell: Shell, way: Arming, seconds: int) -> None:
        """Arm; where the system needs a line for that first, send it alone if the operator allows it."""
        dialect, running = self.job.dialect, self._known().running
        try:
            timed.arm(shell, dialect, way, seconds)
        except FaultError:
            first = {line: self.job.intended[line] for line in dialect.prepares if line in self.job.intended}
            lines = remedy(running, target(running, first, dialect), dialect).forward
            if way.how is not How.TIMER or not lines or not self.job.allow_unarmed:
                raise
            _LOG.warning("%s: %s, unarmed as the operator allowed", self.job.host, ", ".join(first))
            self.touched = True
            timed.enter(shell, dialect)
            timed.push(shell, dialect, lines)
            timed.leave(shell, dialect)
            self.reading = read(shell, dialect)
            self.wanted = target(self.reading.running, self.job.intended, dialect, self.job.own)
            self.remedy = remedy(self.reading.running, self.wanted, dialect)
            timed.arm(shell, dialect, way, seconds)

    def _push(self) -> Event:
        shell, dialect = self._sessions.first(), self.job.dialect
        self.holds, self.touched = Holds.UNKNOWN, True
        timed.push(shell, dialect, self.remedy.forward)
        if self._arming.how is How.TRIAL:
            seconds = timer_s(self._measured_s, self._arming, self.job.timer_s)
            self._note("armed", self._arming, seconds)
            timed.arm(shell, dialect, self._arming, seconds)
        timed.leave(shell, dialect)
        return Event.DONE

    def _prove(self) -> Event:
        """From a new session: it answers, it runs what was planned, and what worked before works."""
        try:
            fresh = self._sessions.renew(max(2 * RETRY_S, self._time_to_prove() / 3))
        except HostileError:
            # Let in and turned away: a small switch has one terminal, and the old session holds it. The timer stays.
            if self._arming.how is How.NONE:
                raise
            self._sessions.close_first()
            fresh = self._sessions.renew(2 * RETRY_S)
        actual = read(fresh, self.job.dialect).running
        if problem := disagreement(actual, self.wanted, self.job.dialect, self.job.intended):
            raise NotAppliedError(f"the switch took every line and does not run what was planned: {problem}")
        failed = self._failing_proofs()
        # A port that changes its VLAN listens and learns for a while before it forwards.
        patience = self._around.clock.now() + timedelta(seconds=min(_LEARNING_S, self._time_to_prove()))
        while failed and self._around.clock.now() < patience:
            self._around.clock.sleep(RETRY_S)
            failed = self._failing_proofs()
        if failed:
            raise FaultError(f"worked before the change and does not after it: {'; '.join(failed)}")
        if self._time_to_prove() <= 0:
            raise FaultError("proving took so long that the switch may have taken the change back already")
        return Event.DONE

    def _confirm(self) -> Event:
        if self._arming.how is not How.NONE:
            timed.confirm(self._sessions.last(), self.job.dialect, self._arming)
        self.holds = Holds.UNSAVED
        self._note("unsaved", self._arming, 0)
        return Event.DONE

    def _save(self) -> Event:
        self.holds = Holds.UNSAVED
        timed.save(self._sessions.last(), self.job.dialect)
        return Event.DONE

    def _prove_saved(self) -> Event:
        reading = read(self._sessions.last(), self.job.dialect)
        if self.wanted and (
            problem := disagreement(reading.running, self.wanted, self.job.dialect, self.job.intended)
        ):
            raise NotAppliedError(f"the switch did not keep what it ran a moment ago: {problem}")
        if not reading.saved:
            problem = disagreement(reading.startup, reading.running, self.job.dialect)
            raise NotAppliedError(f"saved, but a reboot would not bring it back: {problem}")
        self.holds, self.saved = Holds.NEW, True
        self._state.finished()
        return Event.DONE

    def _take_back(self) -> Event:
        """By the system's own command, else by the lines that lead from what it runs now to what it ran."""
        dialect, before = self.job.dialect, self._known().running
        shell, aborted = self._sessions.usable(), False
        if self._arming.abort:
            with contextlib.suppress(FaultError):  # nothing to abort: the trial had not begun
                if dialect.discard and dialect.config_prompt.search(shell.prompt):
                    shell.send(dialect.discard)
                timed.abort(shell, dialect, self._arming)
                aborted = True
        timed.leave(shell, dialect)
        now = read(shell, dialect).running
        if back := remedy(now, before, dialect).forward:
            timed.enter(shell, dialect)
            timed.push_back(shell, back)
            timed.leave(shell, dialect)
            now = read(shell, dialect).running
        if now != before:
            raise FaultError(f"not all of it could be taken back: {disagreement(now, before, dialect)}")
        if (
            self._arming.how in (How.TIMER, How.REBOOT) and not aborted
        ):  # as before, so nothing is left to time
            timed.confirm(shell, dialect, self._arming)
        self.holds = Holds.OLD
        self._state.finished()
        return Event.DONE

    def _await(self) -> Event:
        """Wait until the switch has taken the change back, and see that it has."""
        self.holds = Holds.UNKNOWN if self._arming.how is How.NONE else Holds.REVERTING
        pending = self._state.pending()
        left = self._seconds_left() if pending else 0.0
        patience = _REBOOT_S if self._arming.how is How.REBOOT else _MARGIN_S
        if left > 0:
            self._around.clock.sleep(left)
        self._sessions.close()
        fresh = self._sessions.renew(patience)
        dialect = self.job.dialect
        end = self._around.clock.now() + timedelta(seconds=patience)
        while True:
            actual = read(fresh, dialect).running
            if actual == self._known().running:
                self.holds = Holds.OLD
                self._state.finished()
                return Event.DONE
            if self._around.clock.now() >= end:
                break
            self._around.clock.sleep(RETRY_S)
        if not disagreement(actual, self.wanted, dialect, self.job.intended):
            self.holds = Holds.UNSAVED  # the confirmation had arrived before the session died
            self._note("unsaved", self._arming, 0)
            return Event.DONE
        raise FaultError("its timer is over and it does not run what it ran before")

    def _failing_proofs(self) -> list[str]:
        checks = ((proof.name, proof.check()) for proof in self.job.proofs if proof.name in self._worked)
        return [f"{name}: {problem}" for name, problem in checks if problem]

    def _note(self, stage: str, arming: Arming, seconds: float) -> None:
        now = self._around.clock.now()
        self._pending = Pending.model_validate(
            {
                "stage": stage,
                "since": now,
                "until": now + timedelta(seconds=seconds + (_MARGIN_S if seconds else 0)),
                "how": arming.how.value,
                "by": who(),
            }
        )
        self._state.note(self._pending)

    def _seconds_left(self) -> float:
        if self._pending is None:
            return 0.0
        return (self._pending.until - self._around.clock.now()).total_seconds()

    def _time_to_prove(self) -> float:
        """Return seconds that are left to confirm with a margin: what is confirmed later may be gone already."""
        if self._arming.how is How.NONE:
            return max(0.0, self.job.timer_s - self._since_note() - _MARGIN_S)
        return self._seconds_left() - 2 * _MARGIN_S

    def _since_note(self) -> float:
        return (self._around.clock.now() - self._pending.since).total_seconds() if self._pending else 0.0

    def _known(self) -> Reading:
        assert self.reading is not None
        return self.reading
