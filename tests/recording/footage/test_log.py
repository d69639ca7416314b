"""The log of retrievals cannot be changed unseen, survives a torn line, and takes lines of many processes."""

from __future__ import annotations

import json
import multiprocessing

import pytest

from nanxi.recording.footage.log import RetrievalLog


@pytest.fixture
def log(tmp_path):
    made = RetrievalLog(tmp_path / "log.jsonl")
    for who in ("李伟", "王芳", "陈杰"):
        made.append("request", who=who)
    return made


def lines(log):
    return log.path.read_text().splitlines()


def test_whole(log):
    assert log.check() == []
    assert [entry.record["who"] for entry in log.entries()] == ["李伟", "王芳", "陈杰"]


def test_a_changed_line_is_seen(log):
    log.path.write_text(log.path.read_text().replace("王芳", "张芳"))
    assert [(one.line, one.problem) for one in log.check()] == [(2, "was changed after it was written")]


def test_a_changed_line_with_a_new_hash_breaks_the_next(log):
    first, second, third = (json.loads(line) for line in lines(log))
    forged = RetrievalLog(log.path.with_name("forged.jsonl"))
    forged.append("request", who="李伟")
    entry = forged.append("request", who="张芳")
    told = [first, {**entry.record, "before": first["hash"], "hash": entry.hash}, third]
    log.path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in told))
    assert 3 in [one.line for one in log.check()]
    assert second["hash"] != entry.hash


@pytest.mark.parametrize("gone", [0, 1])
def test_a_line_taken_out_is_seen(log, gone):
    kept = [line for at, line in enumerate(lines(log)) if at != gone]
    log.path.write_text("\n".join(kept) + "\n")
    assert "taken out" in log.check()[0].problem


def test_a_torn_line_is_named_and_the_chain_goes_on(log):
    content = log.path.read_bytes()
    log.path.write_bytes(content[:-30])
    log.append("request", who="赵敏")
    assert [entry.record["who"] for entry in log.entries()] == ["李伟", "王芳", "赵敏"]
    assert [(one.line, one.problem) for one in log.check()] == [
        (3, "cannot be read: torn by a crash, or spoiled")
    ]


def _append(path, count):
    for at in range(count):
        RetrievalLog(path).append("request", who=str(at))


def test_many_processes_make_one_chain(log):
    processes = [
        multiprocessing.get_context("spawn").Process(target=_append, args=(log.path, 10)) for _ in range(3)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(30)
    assert log.check() == []
    assert [entry.number for entry in log.entries()] == list(range(1, 34))
