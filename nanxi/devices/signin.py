"""Find the credential that a device takes, spending as few wrong passwords as can be (D7)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from nanxi.devices.driver import Credential, Target
from nanxi.devices.errors import LockedError, RefusedError
from nanxi.devices.guard import LockoutGuard
from nanxi.devices.lockout import FEW_ATTEMPTS


async def sign_in(
    target: Target,
    guard: LockoutGuard,
    attempt: Callable[[Credential], Awaitable[None]],
    otherwise: str = "the account is missing",
) -> Credential:
    """Try the target's credentials in order, each at most once, and return the one that works.

    Args:
        target: the device and its credentials.
        guard: the host's lock-out guard.
        attempt: makes one signed call; raises RefusedError when the credential is refused.
        otherwise: what may be wrong if not the password, for the message.

    Raises:
        RefusedError: every credential that might be tried was refused.
        LockedError: none might be tried, or the device says that it is locked.
    """
    refused: list[str] = []
    held: list[str] = []
    for credential in target.credentials:
        try:
            async with guard.attempt(target.host, credential):
                await attempt(credential)
        except RefusedError as error:
            refused.append(f"{credential.origin} password of {credential.user!r}: {error}")
            if error.attempts_left is not None and error.attempts_left <= FEW_ATTEMPTS:
                held.append(f"the camera leaves only {error.attempts_left} attempts")
                break
        except LockedError as error:
            if error.by_device:
                raise
            held.append(str(error))
        else:
            return credential
    if not refused:
        raise LockedError("; ".join(dict.fromkeys(held)) or "the vault has no password for this camera")
    raise RefusedError(
        f"reachable, but no password is accepted ({'; '.join(refused + held)}). Either somebody changed the password,"
        f" or {otherwise}; put the right password in the vault, or add the user"
    )
