"""Find what is wrong with the credentials of an inventory before a run does; no finding holds a secret."""

from __future__ import annotations

import stat
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from nanxi.credentials.issue import MAX_LENGTH, MIN_LENGTH, accounts_of, fits, needs_password
from nanxi.credentials.store import FACTORY, CredentialError, Decrypt, Passwords, Store
from nanxi.estate import Estate
from nanxi.findings import Finding


def check(estate: Estate, inventory: Path, decrypt: Decrypt) -> list[Finding]:
    """Return every finding about the vault's files, sorted by place."""
    store = Store(inventory, decrypt)
    findings: list[Finding] = []
    units: dict[str, Passwords] = {}
    unread: set[str] = set()
    for path in sorted(store.folder.glob("*.json")):
        findings += _check_mode(path)
        if path.name == FACTORY:
            continue
        try:
            units[path.stem] = store.unit(path.stem)
        except CredentialError as error:
            unread.add(path.stem)
            findings.append(_finding(path.name, "", str(error), "", "unreadable"))
    findings += _check_missing(estate, units, unread)
    findings += _check_unknown(estate, units)
    findings += _check_strength(units)
    findings += _check_repeated(units)
    findings += _check_factory(estate, store, units)
    return sorted(findings)


def _check_mode(path: Path) -> Iterator[Finding]:
    mode = path.stat().st_mode
    if path.name != FACTORY and mode & (stat.S_IRWXG | stat.S_IRWXO):
        remedy = f"chmod 600 {path}"
        yield _finding(path.name, "", f"others may read it ({stat.filemode(mode)})", remedy, "mode")


def _check_missing(estate: Estate, units: dict[str, Passwords], unread: set[str]) -> Iterator[Finding]:
    for device in estate.devices.values():
        if device.unit in unread or not needs_password(device):
            continue
        known = units.get(device.unit, {}).get(device.host, {})
        missing = [name for name in accounts_of(device, estate.plan) if name not in known]
        if missing:
            problem = f"no password of {' and '.join(missing)}"
            remedy = "run `scripts/credentials new`"
            yield _finding(f"{device.unit}.json", device.host, problem, remedy, "missing")


def _check_unknown(estate: Estate, units: dict[str, Passwords]) -> Iterator[Finding]:
    for unit, passwords in units.items():
        for host in passwords:
            if host not in estate.devices or estate.devices[host].unit != unit:
                remedy = "remove it once the device is gone"
                yield _finding(f"{unit}.json", host, "the register has no such device", remedy, "unknown")


def _check_strength(units: dict[str, Passwords]) -> Iterator[Finding]:
    remedy = f"{MIN_LENGTH} to {MAX_LENGTH} letters, digits, - and . of three classes"
    for unit, host, name, password in _all(units):
        if not fits(password):
            problem = "not every camera accepts this password"
            yield _finding(f"{unit}.json", f"{host}.{name}", problem, remedy, "strength")


def _check_repeated(units: dict[str, Passwords]) -> Iterator[Finding]:
    places = defaultdict(list)
    for unit, host, name, password in _all(units):
        places[password].append((unit, f"{host}.{name}"))
    for same in places.values():
        for unit, place in same[1:]:
            problem = f"the same password as {same[0][1]}"
            yield _finding(f"{unit}.json", place, problem, "every account has its own", "repeated")


def _check_factory(estate: Estate, store: Store, units: dict[str, Passwords]) -> Iterator[Finding]:
    known = {one.password.value for device in estate.devices.values() for one in store.factory(device.vendor)}
    for unit, host, name, password in _all(units):
        if password in known:
            problem = "a password that a maker ships its cameras with"
            yield _finding(f"{unit}.json", f"{host}.{name}", problem, "choose another", "factory")


def _all(units: dict[str, Passwords]) -> Iterator[tuple[str, str, str, str]]:
    for unit, passwords in units.items():
        for host, accounts in passwords.items():
            for name, password in accounts.items():
                yield unit, host, name, password


def _finding(file: str, place: str, problem: str, remedy: str, rule: str) -> Finding:
    return Finding(f"credentials/{file}", 0, place, "", problem, remedy, f"credentials-{rule}")
