"""Two-phase commit of VRP8 (CloudEngine, NE40E), with a trial that ends by itself."""

from __future__ import annotations

from lab.switches.config import RefusedError
from lab.switches.dialect import Context, command
from lab.switches.grammar import Values
from lab.switches.session import Session

_DEFAULT_S = 600


def _two_phase(context: Context) -> Session:
    """Return the session in two-phase mode; elsewhere the commands do not exist."""
    session = context.session
    if session is None or session.candidate is None:
        raise RefusedError("Error: Unrecognized command found at '^' position.")
    return session


@command("commit trial [{seconds:60-65535}] [persist {persist:word}]")
def commit_trial(context: Context, values: Values) -> str | None:
    return _commit(context, values, trial=True)


@command("commit [persist {persist:word}]")
def commit(context: Context, values: Values) -> str | None:
    return _commit(context, values, trial=False)


def _commit(context: Context, values: Values, *, trial: bool) -> str | None:
    session, switch = _two_phase(context), context.switch
    owner = (session, values.get("persist"))
    if switch.rollback is not None and not switch.owns_trial(*owner):
        raise RefusedError("Error: The system is in the trial running state of another session.")
    assert session.candidate is not None
    if trial:
        switch.arm(values.get("seconds", _DEFAULT_S))
        switch.trial_owner = owner
        text = f"Warning: The current configuration will be committed in trial mode and will be rolled back in {values.get('seconds', _DEFAULT_S)} seconds."
    else:
        switch.disarm()
        text = ""
    switch.replace(session.candidate.copy())
    return text or None


@command("abort trial [persist {persist:word}]")
def abort(context: Context, values: Values) -> None:
    session, switch = _two_phase(context), context.switch
    if switch.rollback is None:
        raise RefusedError("Error: No trial configuration exists.")
    if not switch.owns_trial(session, values.get("persist")):
        raise RefusedError("Error: The trial belongs to another session.")
    switch.revert()
    session.candidate = switch.running.copy()
    context.config = session.candidate


@command("clear configuration candidate")
def clear(context: Context, values: Values) -> None:
    del values
    session = _two_phase(context)
    session.candidate = context.switch.running.copy()
    context.config = session.candidate


@command("display configuration trial status")
def status(context: Context, values: Values) -> list[str]:
    del values
    rollback = context.switch.rollback
    if rollback is None:
        return ["Trial status: INACTIVE"]
    left = max(0, round(rollback.due - context.switch.clock.now()))
    return ["Trial status: ACTIVE", f"The remaining time: {left} seconds"]
