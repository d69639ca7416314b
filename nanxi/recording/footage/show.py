"""Footage, gaps, holds and the log as rows of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from nanxi.recording import words
from nanxi.recording.footage.find import Part
from nanxi.recording.footage.log import Entry
from nanxi.recording.footage.request import local, moment
from nanxi.recording.gaps import Gap
from nanxi.recording.holds import Hold
from nanxi.recording.words import Language

Row = tuple[object, ...]


def stretches(found: Sequence[Part], language: Language) -> Iterator[Row]:
    """Yield each continuous stretch, under ``COLUMNS["list"]``."""
    for part in found:
        first, last = part.pieces[0].segment, part.pieces[-1].segment
        begin, end = first.start_ms, last.start_ms + last.media.span_ms
        synchronised = all(piece.segment.name.synchronised for piece in part.pieces)
        yield (
            local(begin),
            local(end),
            words.length(end - begin, language),
            len(part.pieces),
            f"{part.size / 1e6:.1f}",
            first.media.codec,
            words.CLOCK[language][0 if synchronised else 1],
        )


def gaps(found: Iterable[Gap], language: Language, *, named: bool = False) -> Iterator[Row]:
    """Yield the gaps, under ``COLUMNS["gaps"]``; ``named``: of several cameras, under ``COLUMNS["all_gaps"]``."""
    for gap in found:
        yield (
            *((gap.camera,) if named else ()),
            local(gap.from_ms),
            local(gap.until_ms),
            words.length(gap.length_ms, language),
            words.CAUSES[language][gap.cause],
            words.detail(gap.detail, language),
        )


def files(content: dict[str, Any], language: Language) -> Iterator[Row]:
    """Yield an export's video files, under ``COLUMNS["export"]``."""
    for one in content["files"]:
        begin, end = one["stretches"][0]["from"], one["stretches"][-1]["until"]
        lasted = words.length(round(one["duration_s"] * 1000), language)
        yield one["name"], local(moment(begin)), local(moment(end)), lasted, one["sha256"]


def holds(found: Iterable[Hold]) -> Iterator[Row]:
    """Yield the holds, under ``COLUMNS["holds"]``."""
    for one in found:
        released = f"{local(one.released_ms)} {one.released_by}" if one.released_ms is not None else ""
        yield one.id, one.camera, local(one.from_ms), local(one.until_ms), one.reason, one.who, released


def log(entries: Iterable[Entry], language: Language) -> Iterator[Row]:
    """Yield the log's lines, under ``COLUMNS["log"]``."""
    for entry in entries:
        said = entry.record
        times = [local(moment(said[key])) if said.get(key) else "" for key in ("at", "from", "until")]
        yield (
            entry.number,
            times[0],
            words.KINDS[language].get(said["kind"], said["kind"]),
            said.get("camera", ""),
            *times[1:],
            said.get("who", ""),
            said.get("organisation", ""),
            said.get("reason")
            or said.get("problem")
            or (f"#{said['request']}" if said.get("request") else ""),
        )
