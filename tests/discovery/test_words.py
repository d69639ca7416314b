"""Everything that a search can say is said in both languages."""

import string
from pathlib import Path

import pytest

from nanxi.discovery.model import Speaks, Verdict, Way, remark
from nanxi.discovery.words import COLUMNS, REMARKS, SPEAKS, VERDICTS, WAYS, sentence

#: Chosen by a variable in listen.py.
BY_NAME = {"outside", "unasked"}


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_what_is_said_has_words_and_no_words_are_left_over():
    sources = "".join(file.read_text("utf-8") for file in Path("nanxi/discovery").glob("*.py"))
    used = {part.partition('"')[0] for part in sources.split('remark("')[1:]}
    assert used | BY_NAME == set(REMARKS["zh"])


def test_both_languages_say_the_same():
    assert {key: fields(text) for key, text in REMARKS["zh"].items()} == {
        key: fields(text) for key, text in REMARKS["en"].items()
    }
    assert len(COLUMNS["zh"]) == len(COLUMNS["en"])


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_verdict_and_way_has_a_name(language):
    assert set(VERDICTS[language]) == set(Verdict)
    assert set(WAYS[language]) == set(Way)
    assert set(SPEAKS) == set(Speaks)


def test_a_way_is_named_in_the_readers_language():
    said = remark("address-of-other", ways=["mac", "serial_number"], host="a-cam0001", other="a-cam0002")
    assert sentence(said, "zh") == "MAC地址、出厂序列号 属于 a-cam0001，而地址属于 a-cam0002"
    assert sentence(said, "en") == "by MAC and serial number it is a-cam0001, by address a-cam0002"
