"""Processes of the lab that outlive their starter."""

import os
import sys
import time
from pathlib import Path

import pytest

from lab.daemon import Daemon, DaemonError

SERVES = "import time; print('ready', flush=True); time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); " + SERVES
WITH_CHILD = "import subprocess, time; c = subprocess.Popen(['sleep', '60']); print(c.pid, 'ready', flush=True); time.sleep(60)"


@pytest.fixture
def daemon(tmp_path):
    made = []

    def make(code):
        made.append(Daemon("d", (sys.executable, "-c", code), "ready", tmp_path))
        return made[-1]

    yield make
    for one in made:
        one.stop(patience_s=0.1)


def alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def test_start_waits_until_it_serves_and_a_second_start_changes_nothing(daemon):
    one = daemon(SERVES)
    one.start()
    first = one.pid
    one.start()
    assert first == one.pid
    assert alive(first)


def test_stop_ends_it_with_its_children_and_may_be_repeated(daemon):
    one = daemon(WITH_CHILD)
    one.start()
    child = int(one.log.read_text().split()[0])
    one.stop()
    one.stop()
    assert one.pid is None
    deadline = time.monotonic() + 10
    while alive(child) and time.monotonic() < deadline:
        pass
    assert not alive(child)


def test_stop_kills_what_does_not_listen(daemon):
    one = daemon(STUBBORN)
    one.start()
    pid = one.pid
    one.stop(patience_s=0.2)
    assert not alive(pid)


def test_a_start_that_fails_shows_the_end_of_the_log(daemon):
    one = daemon("raise SystemExit('port 554 is taken')")
    with pytest.raises(DaemonError, match="port 554 is taken"):
        one.start()
    assert one.pid is None


def test_a_start_that_takes_too_long_leaves_nothing_running(daemon):
    one = daemon("import os, time; print(os.getpid(), flush=True); time.sleep(60)")
    with pytest.raises(DaemonError, match="did not get ready"):
        one.start(patience_s=1)
    assert not alive(int(one.log.read_text()))


@pytest.mark.parametrize("content", ["", "garbage", f"{os.getpid()} 1", "999999999 1"])
def test_stale_pid_file_is_nobodys(daemon, tmp_path, content):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "d.pid").write_text(content)
    one = daemon(SERVES)
    assert one.pid is None
    one.stop()
    one.start()
    assert one.pid
