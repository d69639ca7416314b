"""Decide whether a request gets in: the one place that knows all the schemes a profile accepts."""

from __future__ import annotations

from dataclasses import dataclass

from lab.twin.auth import http_digest, wsse
from lab.twin.auth.access import Access, allowed
from lab.twin.settings import User
from lab.twin.twin import Twin


class Refused(Exception):  # noqa: N818 - a decision, not an error of the program
    """The request does not get in.

    ``reason`` is the fault's text. ``challenge`` says that HTTP Digest should be tried (401), ``stale`` that only
    the nonce was too old, ``forbidden`` that the account is right but its level too low.
    """

    def __init__(
        self, reason: str, *, challenge: bool = False, stale: bool = False, forbidden: bool = False
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.challenge = challenge
        self.stale = stale
        self.forbidden = forbidden


@dataclass(frozen=True, slots=True)
class Credentials:
    """What came with a request."""

    token: wsse.Token | None
    answer: http_digest.Answer | None


NOT_AUTHORIZED = "Sender not Authorized"


def admit(twin: Twin, operation: str, access: Access, sent: Credentials) -> User | None:
    """Return the account that calls, None for an operation that needs none.

    Raises:
        Refused: the request does not get in.
    """
    rules = twin.traits.auth
    if access is Access.PRE_AUTH and operation not in rules.protects:
        return None
    by_token = _by_token(twin, sent.token) if sent.token and sent.token.kind in rules.accepts else None
    by_digest = _by_digest(twin, sent.answer) if sent.answer and "http-digest" in rules.accepts else None
    account = by_token or by_digest
    if account is None or (rules.requires_both and (by_token is None or by_digest is None)):
        twin.count("without credentials")
        raise Refused(NOT_AUTHORIZED, challenge="http-digest" in rules.accepts)
    if not allowed(account.level, access):
        raise Refused("Operation not permitted for the user level", forbidden=True)
    return account


def _by_token(twin: Twin, token: wsse.Token) -> User:
    rules = twin.traits.auth
    if token.kind == "wsse-digest":
        created = token.created_at(must_be_utc=rules.created_in_utc)
        if created is None:
            twin.count("created refused")
            raise Refused(NOT_AUTHORIZED)
        # A wrong clock says nothing about the password, so it does not count towards a lock-out (O1).
        if rules.clock_window_s is not None and abs(twin.now() - created) > rules.clock_window_s:
            twin.count("clock refused")
            raise Refused(NOT_AUTHORIZED)
        if rules.refuses_replays and not twin.fresh_nonce(f"{token.nonce} {token.created}"):
            twin.count("replay refused")
            raise Refused(NOT_AUTHORIZED)
    account = twin.user(token.user)
    return _enter(twin, token.user, account, ok=account is not None and token.matches(account.password))


def _by_digest(twin: Twin, answer: http_digest.Answer) -> User:
    rules = twin.traits.auth
    age = http_digest.nonce_age(twin.installation.host, answer.nonce, twin.monotonic())
    known = age is not None and age <= rules.nonce_lifetime_s
    if not known or not twin.fresh_nonce(answer.nonce, _used(answer, per_request=rules.nonce_per_request)):
        twin.count("nonce refused")
        raise Refused(NOT_AUTHORIZED, challenge=True, stale=True)
    account = twin.user(answer.user)
    ok = account is not None and answer.matches(account.password, realm(twin))
    return _enter(twin, answer.user, account, ok=ok, challenge=True)


def _used(answer: http_digest.Answer, *, per_request: bool) -> int:
    # With one nonce per request every use counts as the first, so a second one is refused as stale.
    return 1 if per_request else answer.count


def realm(twin: Twin) -> str:
    """Return the realm of a device's challenges, as its RTSP server gives it too."""
    return twin.rtsp.realm


def _enter(twin: Twin, name: str, account: User | None, *, ok: bool, challenge: bool = False) -> User:
    was_locked = twin.lockout.locked_s(name) > 0
    if twin.login(name, ok) and account is not None:
        return account
    if was_locked:
        raise Refused(f"The account is locked, try again in {_minutes(twin, name)} minute(s)")
    rule = twin.traits.auth.lock_out
    if rule is not None and rule.tells_attempts:
        left = twin.lockout.attempts_left(name)
        if left:
            raise Refused(f"{NOT_AUTHORIZED}. You still have {left} attempt(s)", challenge=challenge)
        raise Refused(f"The account is locked, try again in {_minutes(twin, name)} minute(s)")
    raise Refused(NOT_AUTHORIZED, challenge=challenge)


def _minutes(twin: Twin, name: str) -> int:
    return max(1, round(twin.lockout.locked_s(name) / 60))
