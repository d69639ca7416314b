"""What every script shares."""

import argparse
import io
import json
import sys

import pytest

from nanxi import cli
from nanxi.findings import Finding, InputError, NanxiError

FINDING = Finding("a.csv", 2, "b", "c", "wrong", "right", "rule")


def run(command, *, as_json=False):
    return cli.run(command, argparse.Namespace(json=as_json))


def raising(error):
    def command(_):
        raise error

    return command


def test_exit_codes(capsys):
    assert run(lambda _: cli.Exit.AS_DECLARED) == 0
    assert run(lambda _: cli.Exit.FINDINGS) == 1
    assert run(raising(InputError([FINDING]))) == 2
    assert run(raising(NanxiError("no such unit"))) == 2
    assert run(raising(KeyboardInterrupt())) == 130
    assert "Traceback" not in capsys.readouterr().err


def test_a_mistake_in_the_program_is_not_hidden():
    with pytest.raises(ZeroDivisionError):
        run(lambda _: 1 // 0)


def test_findings_go_to_people_on_standard_error_and_to_programs_on_standard_output(capsys):
    run(raising(InputError([FINDING])))
    text = capsys.readouterr()
    assert (text.out, text.err) == ("", "a.csv:2:b: wrong (found 'c'); right\n1 mistake\n")
    run(raising(InputError([FINDING])), as_json=True)
    text = capsys.readouterr()
    assert json.loads(text.out)["findings"] == [FINDING.as_dict()]
    assert text.err == ""
    run(raising(NanxiError("no such unit")), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"error": "no such unit"}


def test_a_table_is_tab_separated_in_a_pipe(capsys):
    cli.print_table("title", ["a", "b"], [[1, "二"]])
    assert capsys.readouterr().out == "a\tb\n1\t二\n"


def test_a_table_is_drawn_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    cli.print_table("title", ["a", "b"], [[1, "二"]])
    assert "┃" in capsys.readouterr().out


def test_no_progress_bar_without_a_person(capsys):
    items = [1, 2]
    assert cli.progress(items, "x", 2) is items
    assert capsys.readouterr().err == ""


def test_help_shows_whole_command_lines(capsys):
    with pytest.raises(SystemExit):
        cli.parser("What it does.", ["scripts/x --json"]).parse_args(["--help"])
    assert "\n  scripts/x --json\n" in capsys.readouterr().out


def test_a_secret_is_read_from_a_pipe_and_is_never_empty(monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.StringIO("p w\r\nmore\n"))
    assert cli.secret("?") == "p w"
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    with pytest.raises(NanxiError, match="empty"):
        cli.secret("?")


def test_pairs_of_column_and_value():
    assert cli.pairs(["a=b=c", "d="]) == {"a": "b=c", "d": ""}
    with pytest.raises(NanxiError, match="COLUMN=VALUE"):
        cli.pairs(["a"])


def test_a_bar_is_for_people_only(capsys):
    with cli.bar("work", 2) as done:
        done()
    assert capsys.readouterr().err == ""
