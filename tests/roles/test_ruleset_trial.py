"""A ruleset on trial (goal N6): whatever dies, the old one is back; and only a new connection can keep the new one.

The script runs as on a host, in a network namespace; where systemd does not run the machine, its timer is a process.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.crossroads import Room, room

SCRIPT = Path(__file__).parents[2] / "roles/firewall/files/nanxi-ruleset"
OLD = "flush ruleset\ntable inet old {\n chain input { type filter hook input priority filter; policy accept\n }\n}\n"
#: Large enough for a kill to fall into the middle of everything.
NEW = (
    "flush ruleset\ntable inet new {\n"
    + "\n".join(f" counter c{n} {{ }}" for n in range(300))
    + "\n chain input { type filter hook input priority filter; policy drop\n iif lo accept\n }\n}\n"
)

pytestmark = pytest.mark.lab


@dataclass
class Trial:
    """A host's network, its folder of state, and the files."""

    host: Room
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("SSH_")},
            "NANXI_RULESET_STATE": str(self.folder / "state"),
            "NANXI_RULESET_KEPT": str(self.folder / "kept.nft"),
            "NANXI_RULESET_TIMER": "process",
        }

    def start(self, *arguments: str, connection: str = "") -> subprocess.Popen[str]:
        """Start the script as the first process of a session, as sshd does."""
        ssh = {"SSH_CONNECTION": connection} if connection else {}
        return subprocess.Popen(
            [*self.host.enter, str(SCRIPT), *arguments],
            env=self.environment | ssh,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, connection: str = "") -> tuple[int, str]:
        """Run the script; return its exit code and all that it says."""
        process = self.start(*arguments, connection=connection)
        out, error = process.communicate(timeout=60)
        return process.returncode, out + error

    def loaded(self) -> str:
        """Return the name of the loaded table."""
        return self.host.run("nft", "list", "tables").removeprefix("table inet ").strip()


@pytest.fixture
def trial(tmp_path: Path, lone_room: Room) -> Trial:
    """A host with the old ruleset loaded and kept, and the new one in a file."""
    return furnished(lone_room, tmp_path)


def furnished(host: Room, folder: Path) -> Trial:
    (folder / "kept.nft").write_text(OLD)
    (folder / "new.nft").write_text(NEW)
    host.run("nft", "-f", str(folder / "kept.nft"))
    return Trial(host, folder)


def eventually(trial: Trial, table: str, patience_s: float = 8) -> bool:
    end = time.monotonic() + patience_s
    while trial.loaded() != table:
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_confirmed_from_a_new_connection_it_stays_and_is_kept(trial: Trial) -> None:
    new = str(trial.folder / "new.nft")
    assert trial.run("differs", new)[0] == 1
    assert trial.run("try", new, "1", connection="10.0.0.1 40000 10.0.0.2 22") == (0, "")
    assert trial.loaded() == "new"
    assert (trial.folder / "kept.nft").read_text() == OLD
    assert trial.run("status") == (0, "trial\n")
    assert trial.run("confirm", connection="10.0.0.1 40001 10.0.0.2 22") == (0, "")
    assert (trial.folder / "kept.nft").read_text() == NEW
    time.sleep(1.3)  # the timer finds nothing to do
    assert trial.loaded() == "new"
    assert trial.run("differs", new) == (0, "")
    assert trial.run("status") == (0, "none\n")


def test_the_connection_that_loaded_it_cannot_confirm_it(trial: Trial) -> None:
    connection = "10.0.0.1 40000 10.0.0.2 22"
    assert trial.run("try", str(trial.folder / "new.nft"), "1", connection=connection)[0] == 0
    code, said = trial.run("confirm", connection=connection)
    assert code == 2
    assert "this is the connection that loaded the ruleset" in said
    assert eventually(trial, "old")
    assert trial.run("confirm", connection="another")[0] == 2
    assert (trial.folder / "kept.nft").read_text() == OLD


def test_a_file_that_nft_refuses_changes_nothing(trial: Trial) -> None:
    (trial.folder / "new.nft").write_text(NEW.replace("policy drop", "policy perhaps"))
    code, said = trial.run("try", str(trial.folder / "new.nft"), "1")
    assert code == 2
    assert "nothing was loaded" in said
    assert trial.loaded() == "old"
    assert trial.run("status") == (0, "none\n")


def test_two_at_once_are_refused(trial: Trial) -> None:
    new = str(trial.folder / "new.nft")
    both = [trial.start("try", new, "1") for _ in range(2)]
    said = sorted(process.communicate(timeout=30)[1] for process in both)
    assert [process.returncode for process in both] in ([0, 2], [2, 0])
    assert said[0] == ""
    assert "a trial is under way" in said[1]
    assert eventually(trial, "old")


def test_revert_now(trial: Trial) -> None:
    assert trial.run("try", str(trial.folder / "new.nft"), "60")[0] == 0
    assert trial.run("revert")[0] == 0
    assert trial.loaded() == "old"
    assert trial.run("try", str(trial.folder / "new.nft"), "1")[0] == 0
    assert eventually(trial, "old")


def test_a_trial_without_its_timer_is_ended_by_the_next(trial: Trial) -> None:
    """Somebody killed what would have brought the old ruleset back."""
    new = str(trial.folder / "new.nft")
    assert trial.run("try", new, "600")[0] == 0
    os.kill(int((trial.folder / "state/timer").read_text()), signal.SIGKILL)
    assert trial.run("try", new, "1")[0] == 0
    assert eventually(trial, "old")


def test_a_rule_altered_by_hand_is_seen(trial: Trial) -> None:
    kept = str(trial.folder / "kept.nft")
    assert trial.run("differs", kept) == (0, "")
    trial.host.run("nft", "add", "rule", "inet", "old", "input", "tcp", "dport", "23", "accept")
    code, said = trial.run("differs", kept)
    assert code == 1
    assert "-    tcp dport 23 accept" in said


def test_an_hour_of_traffic_is_no_difference(trial: Trial) -> None:
    kept = trial.folder / "kept.nft"
    kept.write_text(OLD.replace("policy accept", "policy accept\n counter accept"))
    trial.host.run("nft", "-f", str(kept))
    trial.host.run("ping", "-c1", "-W1", "127.0.0.1")
    assert trial.run("differs", str(kept)) == (0, "")


@pytest.fixture
def hosts(tmp_path: Path) -> Iterator[list[Trial]]:
    """Twenty hosts."""
    made: list[Trial] = []
    rooms = [room() for _ in range(20)]
    try:
        for number, one in enumerate(rooms):
            folder = tmp_path / str(number)
            folder.mkdir()
            made.append(furnished(one.__enter__(), folder))
        yield made
    finally:
        for one in rooms[: len(made)]:
            one.__exit__(None, None, None)


def test_killed_at_any_instant_the_old_ruleset_is_back_100_of_100(hosts: list[Trial]) -> None:
    """The whole session is killed: shell, nft and all, between the first line and a second after the last."""
    seeds = random.Random(143)

    def once(trial: Trial, after_s: float) -> tuple[bool, bool]:
        process = trial.start("try", str(trial.folder / "new.nft"), "1")
        time.sleep(after_s)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        was_new = trial.loaded() == "new"
        time.sleep(1.2)
        back = eventually(trial, "old") and (trial.folder / "kept.nft").read_text() == OLD
        return back and trial.run("status")[1] == "none\n", was_new

    outcomes = []
    with ThreadPoolExecutor(len(hosts)) as pool:
        for _ in range(5):
            instants = [seeds.uniform(0, 0.35) for _ in hosts]
            outcomes += pool.map(once, hosts, instants)
    assert [back for back, _ in outcomes].count(True) == 100
    # The kills fell on both sides of the loading, or the test would prove little.
    assert 5 < [was_new for _, was_new in outcomes].count(True) < 98


@pytest.mark.parametrize("line", range(1, 12))
def test_killed_after_each_command_of_a_confirmation(trial: Trial, line: int) -> None:
    """Old and kept, or new and kept, or new and found to differ by the next run: never new only until a reboot."""
    new = str(trial.folder / "new.nft")
    assert trial.run("try", new, "0.5")[0] == 0
    text = SCRIPT.read_text()
    body = text[text.index("confirm() {") : text.index("back() {")].splitlines()
    body[line] += "\nkill -9 $$" if not body[line].rstrip().endswith(("then", "]; then")) else ""
    crashing = trial.folder / "nanxi-ruleset"
    crashing.write_text(
        text.replace(text[text.index("confirm() {") : text.index("back() {")], "\n".join(body) + "\n")
    )
    crashing.chmod(0o755)
    subprocess.run([*trial.host.enter, str(crashing), "confirm"], env=trial.environment, check=False)
    time.sleep(0.6)
    kept = (trial.folder / "kept.nft").read_text()
    assert kept in (OLD, NEW)
    if trial.loaded() == "new" and kept == OLD:
        assert trial.run("differs", new)[0] == 1
    else:
        assert trial.loaded() == ("new" if kept == NEW else "old")
