"""Read and operate many hosts at once with pyinfra, from the register's inventory (D11).

Who imports this must have called ``gevent.monkey.patch_all()`` before anything else: pyinfra speaks to hosts in
greenlets, and without it they wait for one another.
"""

from __future__ import annotations

import logging
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyinfra.api.config import Config
from pyinfra.api.connect import connect_all, disconnect_all
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.facts import FactBase, get_facts
from pyinfra.api.inventory import Inventory
from pyinfra.api.operation import add_op
from pyinfra.api.operations import run_ops
from pyinfra.api.state import State
from pyinfra.operations import server, systemd

from nanxi.maintenance.patrol.facts import HostFacts, UnreadError, parse
from nanxi.maintenance.patrol.judge import JOURNAL_KEEPS, Remedy, Trouble

_SCRIPT = Path(__file__).with_name("collect.sh")


@dataclass(frozen=True, slots=True)
class Access:
    """How hosts are come in to. Host keys are always checked: ``known_hosts`` None means the user's own file."""

    user: str = "root"
    key: Path | None = None
    known_hosts: Path | None = None
    connect_s: int = 10
    read_s: int = 60


class Collected(FactBase[HostFacts | str]):
    """The facts of one host; a text says why they could not be read."""

    def command(self) -> str:
        """Run the script through standard shell words: nothing is left on the host."""
        return f"sh -c {shlex.quote(_SCRIPT.read_text('utf-8'))} 2>/dev/null"

    def process(self, output: list[str]) -> HostFacts | str:
        """Read the script's output; what cannot be understood is told, and never ends the other hosts' patrol."""
        try:
            return parse(output)
        except UnreadError as error:
            return str(error)


def read(addresses: Mapping[str, str], access: Access) -> dict[str, HostFacts | str]:
    """Return the facts of every host, all read at the same time; a text where a host could not be read."""
    unread: dict[str, HostFacts | str] = dict.fromkeys(addresses, "no connection")
    state = _connected(addresses, access)
    if state is None:
        return unread
    try:
        found = get_facts(state, Collected, kwargs=_arguments(access) | {"_timeout": access.read_s})
    except PyinfraError as error:
        return unread | {host.name: str(error) for host in state.activated_hosts}
    finally:
        disconnect_all(state)
    return unread | {host.name: facts or "no answer in time" for host, facts in found.items()}


def mend(troubles: Iterable[Trouble], addresses: Mapping[str, str], access: Access) -> set[str]:
    """Do the remedies of ``troubles`` on their hosts at the same time; return the hosts on which one failed."""
    wanted = [one for one in troubles if one.remedy is not None and one.host in addresses]
    state = _connected({one.host: addresses[one.host] for one in wanted}, access)
    if state is None:
        return {one.host for one in wanted}
    try:
        for host in state.activated_hosts:
            for one in (one for one in wanted if one.host == host.name):
                _add(state, host, one, access)
        run_ops(state)
    except PyinfraError:
        return {host.name for host in state.failed_hosts} or {one.host for one in wanted}
    finally:
        disconnect_all(state)
    reached = {host.name for host in state.activated_hosts}
    return {host.name for host in state.failed_hosts} | {
        one.host for one in wanted if one.host not in reached
    }


def _add(state: State, host: Any, one: Trouble, access: Access) -> None:
    arguments = _arguments(access) | {"host": host}
    if one.remedy is Remedy.RESTART:
        # A unit that failed too often is refused until its count is reset.
        add_op(
            state, server.shell, commands=[f"systemctl reset-failed {shlex.quote(one.subject)}"], **arguments
        )
        add_op(state, systemd.service, service=one.subject, restarted=True, **arguments)
    elif one.remedy is Remedy.VACUUM:
        command = f"journalctl --rotate --vacuum-size={JOURNAL_KEEPS // 2**20}M"
        add_op(state, server.shell, commands=[command], **arguments)


def _arguments(access: Access) -> dict[str, Any]:
    return {} if access.user == "root" else {"_sudo": True}


def _connected(addresses: Mapping[str, str], access: Access) -> State | None:
    """Return a state whose hosts are connected; None when not one is."""
    # What it has to say is in what it returns; a patrol prints one table and no log of connections.
    logging.getLogger("pyinfra").setLevel(logging.CRITICAL + 1)
    shared = {
        "ssh_user": access.user,
        "ssh_strict_host_key_checking": "yes",
        "ssh_allow_agent": access.key is None,
    }
    if access.key:
        shared |= {"ssh_key": str(access.key), "ssh_look_for_keys": False}
    if access.known_hosts:
        shared |= {"ssh_known_hosts_file": str(access.known_hosts)}
    hosts = [(host, {"ssh_hostname": address}) for host, address in addresses.items()]
    if not hosts:
        return None
    state = State(
        Inventory((hosts, shared)),
        Config(CONNECT_TIMEOUT=access.connect_s, FAIL_PERCENT=100, PARALLEL=min(len(hosts), 200)),
    )
    try:
        connect_all(state)
    except PyinfraError:
        return None
    return state if state.activated_hosts else None
