"""The grammar of a command line: patterns, abbreviations, and where exactly a line goes wrong.

A pattern is what a manual prints: keywords, ``{name:type}`` for a parameter, ``{name:a|b}`` for a choice of keywords (``{name:=a}`` for one that is asked for),
``{name:1-4094}`` for a number, ``[ ... ]`` for what may be left out. Keywords may be abbreviated as long as they stay
unique, as on every switch.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, Protocol, TypeVar

Target = TypeVar("Target")
Values = dict[str, Any]
Fault = Literal["unrecognized", "wrong", "incomplete", "ambiguous", "too-many"]

_PIECE = re.compile(r"\{(\w+):([^}]+)\}|(\[)|(\])|([^\s\[\]{}]+)")
_NUMBER = re.compile(r"(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a line and the column where it starts."""

    text: str
    column: int


def tokens(line: str) -> list[Token]:
    """Return the words of a line."""
    return [Token(found[0], found.start()) for found in re.finditer(r"\S+", line)]


class Type(Protocol):
    """A kind of parameter."""

    def parse(self, words: Sequence[Token], line: str) -> tuple[Any, int] | None:
        """Return a value and how many of ``words`` it took; None when they do not fit."""

    def text(self, value: Any) -> str:
        """Return a value as the device shows it."""


@dataclass(frozen=True)
class Number:
    """A number within bounds."""

    low: int
    high: int

    def parse(self, words: Sequence[Token], line: str) -> tuple[int, int] | None:
        """Take one word."""
        del line
        word = words[0].text
        return (int(word), 1) if word.isdecimal() and self.low <= int(word) <= self.high else None

    def text(self, value: int) -> str:
        """Return it in decimal."""
        return str(value)


@dataclass(frozen=True)
class Choice:
    """One of some keywords."""

    keywords: tuple[str, ...]

    def parse(self, words: Sequence[Token], line: str) -> tuple[str, int] | None:
        """Take one word; an abbreviation must be unique."""
        del line
        word = words[0].text.lower()
        if word in self.keywords:
            return word, 1
        fitting = [keyword for keyword in self.keywords if keyword.startswith(word)]
        return (fitting[0], 1) if len(fitting) == 1 else None

    def text(self, value: str) -> str:
        """Return the whole keyword."""
        return value


@dataclass(frozen=True)
class Parameter:
    """A parameter of a pattern."""

    name: str
    type: Type


@dataclass
class _Node(Generic[Target]):
    keywords: dict[str, _Node[Target]] = field(default_factory=dict)
    parameters: list[tuple[Parameter, _Node[Target]]] = field(default_factory=list)
    target: Target | None = None


@dataclass(frozen=True)
class Found(Generic[Target]):
    """A line that a pattern fits."""

    target: Target
    values: Values


@dataclass(frozen=True)
class Mistake:
    """Why none fits, and at which word (their number: behind the last one)."""

    fault: Fault
    word: int


def elements(pattern: str, types: Mapping[str, Type]) -> list[list[str | Parameter]]:
    """Return the sequences of keywords and parameters that a pattern stands for.

    Raises:
        ValueError: the pattern names a type that nobody knows, or its brackets do not match.
    """
    pieces = list(_PIECE.finditer(pattern))
    sequences, end = _sequences(pieces, 0, types)
    if end != len(pieces):
        raise ValueError(f"brackets do not match: {pattern}")
    return sequences


def _sequences(
    pieces: Sequence[re.Match[str]], at: int, types: Mapping[str, Type]
) -> tuple[list[list[str | Parameter]], int]:
    sequences: list[list[str | Parameter]] = [[]]
    while at < len(pieces) and not pieces[at][4]:
        name, kind, opens, _, keyword = pieces[at].groups()
        if opens:
            inner, at = _sequences(pieces, at + 1, types)
            sequences = [[*before, *more] for before in sequences for more in ([], *inner)]
        else:
            element = keyword.lower() if keyword else Parameter(name, _type(kind, types))
            for sequence in sequences:
                sequence.append(element)
        at += 1
    return sequences, at


def _type(kind: str, types: Mapping[str, Type]) -> Type:
    if bounds := _NUMBER.fullmatch(kind):
        return Number(int(bounds[1]), int(bounds[2]))
    if kind in types:
        return types[kind]
    if kind[0] != "=" and "|" not in kind:
        raise ValueError(f"no type {kind}")
    return Choice(tuple(kind.removeprefix("=").split("|")))


class Grammar(Generic[Target]):
    """The commands of one view."""

    def __init__(self, types: Mapping[str, Type]) -> None:
        self._types = types
        self._root: _Node[Target] = _Node()

    def add(self, pattern: str, target: Target) -> None:
        """Add a command; of two that fit a line the one with more keywords wins."""
        for sequence in elements(pattern, self._types):
            node = self._root
            for element in sequence:
                node = _step(node, element)
            node.target = target

    def match(self, words: Sequence[Token], line: str) -> Found[Target] | Mistake:
        """Return the command that a line is, or why it is none."""
        attempt = _Attempt(words, line)
        found = next(self._walk(attempt, self._root, 0, {}), None)
        if found is not None:
            return found
        return max(attempt.mistakes, key=lambda mistake: (mistake.word, _ORDER[mistake.fault]))

    def _walk(
        self, attempt: _Attempt, node: _Node[Target], at: int, values: Values
    ) -> Iterator[Found[Target]]:
        if at == len(attempt.words):
            if node.target is not None:
                yield Found(node.target, values)
            else:
                attempt.mistakes.append(Mistake("incomplete", at))
            return
        word = attempt.words[at].text.lower()
        exact = node.keywords.get(word)
        fitting = (
            [exact] if exact else [n for keyword, n in node.keywords.items() if keyword.startswith(word)]
        )
        if len(fitting) > 1:
            attempt.mistakes.append(Mistake("ambiguous", at))
            return
        for following in fitting:
            yield from self._walk(attempt, following, at + 1, values)
        fits = bool(fitting)
        for parameter, following in () if exact else node.parameters:
            taken = parameter.type.parse(attempt.words[at:], attempt.line)
            if taken is not None:
                fits = True
                more = {**values, parameter.name: taken[0]}
                yield from self._walk(attempt, following, at + taken[1], more)
        if not fits:
            attempt.mistakes.append(Mistake(_fault(node), at))


@dataclass
class _Attempt:
    """A line on its way through the tree, and every way in which it did not fit."""

    words: Sequence[Token]
    line: str
    mistakes: list[Mistake] = field(default_factory=list)


_ORDER: dict[Fault, int] = {"unrecognized": 0, "too-many": 1, "wrong": 2, "incomplete": 3, "ambiguous": 4}


def _fault(node: _Node[Any]) -> Fault:
    if node.parameters:
        return "wrong"
    return "unrecognized" if node.keywords else "too-many"


def _step(node: _Node[Target], element: str | Parameter) -> _Node[Target]:
    if isinstance(element, str):
        return node.keywords.setdefault(element, _Node())
    for parameter, following in node.parameters:
        if parameter == element:
            return following
    following = _Node[Target]()
    node.parameters.append((element, following))
    return following
