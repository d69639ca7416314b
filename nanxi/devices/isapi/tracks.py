"""What is recorded and for how long: ContentMgmt/record/tracks. Track 301 is the main stream of channel 3."""

from __future__ import annotations

import re
from dataclasses import dataclass

from nanxi.devices.errors import FaultError
from nanxi.devices.isapi.document import add_text, copy, make, set_if_there, set_text
from nanxi.devices.values import Element, boolean, child, children, integer, text

PATH, ROOT, ITEM = "ContentMgmt/record/tracks", "TrackList", "Track"

_CONTINUOUS = "CMR"
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEK_MIN = 7 * 24 * 60
_DURATION = re.compile(r"P(\d{1,5})D(?:T(\d{1,5})H)?")
_SKELETON = (
    "ScheduleActionStartTime/DayOfWeek",
    "ScheduleActionStartTime/TimeOfDay",
    "ScheduleActionEndTime/DayOfWeek",
    "ScheduleActionEndTime/TimeOfDay",
    "ScheduleDSTEnable",
    "Description",
    "Actions/Record",
    "Actions/ActionRecordingMode",
)


@dataclass(frozen=True, slots=True)
class Track:
    """How one channel is recorded. ``days`` is when recordings are deleted, 0: when the disk is full."""

    channel: int
    continuous: bool
    days: int
    loops: bool | None  # whether old recordings are written over; None when the device does not say


def track_of(channel: int) -> int:
    """Return the number of the track that keeps a channel's main stream."""
    return channel * 100 + 1


def read_tracks(root: Element) -> dict[int, Track]:
    """Return the main track of each channel."""
    found = {}
    for entry in children(root, ITEM):
        number = integer(entry, "id")
        if number is not None and number % 100 == 1:
            channel = number // 100
            found[channel] = Track(channel, _is_continuous(entry), _days(entry), boolean(entry, "LoopEnable"))
    return found


def write_track(entry: Element, days: int) -> None:
    """Record all week, and keep recordings for ``days``; everything else of the track stays.

    Raises:
        FaultError: the track has no schedule.
    """
    set_if_there(entry, True, "Enable")
    set_if_there(entry, _CONTINUOUS, "DefaultRecordingMode")
    set_if_there(entry, True, "LoopEnable")
    set_text(entry, f"P{days}DT0H", "Duration")
    for extension in children(child(entry, "CustomExtensionList"), "CustomExtension"):
        set_if_there(extension, True, "enableSchedule")
    block = _block(entry)
    if block is None:
        raise FaultError("the track has no schedule")
    _fill(block)


def stop(entry: Element) -> None:
    """Record no more on schedule."""
    set_if_there(entry, False, "Enable")
    for extension in children(child(entry, "CustomExtensionList"), "CustomExtension"):
        set_if_there(extension, False, "enableSchedule")


def _block(entry: Element) -> Element | None:
    schedule = child(entry, "TrackSchedule")
    inner = child(schedule, "ScheduleBlockList")
    return child(schedule if inner is None else inner, "ScheduleBlock")


def _is_continuous(entry: Element) -> bool:
    """Whether the schedule records all week without waiting for an event.

    ``Enable`` is false on recorders that do record, so the extension's ``enableSchedule`` counts where it is there.
    """
    extension = child(entry, "CustomExtensionList", "CustomExtension")
    enabled = boolean(extension, "enableSchedule")
    if enabled is None:
        enabled = boolean(entry, "Enable")
    covered = sum(map(_minutes, children(_block(entry), "ScheduleAction")))
    return bool(enabled) and covered >= _WEEK_MIN


def _minutes(action: Element) -> int:
    """Return how long an action records continuously; many end at 00:00 of the next day."""
    records = boolean(action, "Actions", "Record")
    if records is False or text(action, "Actions", "ActionRecordingMode").upper() != _CONTINUOUS:
        return 0
    start, end = (_moment(child(action, f"ScheduleAction{side}Time")) for side in ("Start", "End"))
    if start is None or end is None:
        return 0
    return end - start if end > start else end + _WEEK_MIN - start


def _moment(when: Element | None) -> int | None:
    """Return minutes since the week began."""
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}))?", text(when, "TimeOfDay"))
    day = text(when, "DayOfWeek")
    if match is None or day not in _DAYS:
        return None
    # 23:59:59 is how some write the end of the day.
    return _DAYS.index(day) * 1440 + int(match[1]) * 60 + int(match[2]) + (1 if match[3] == "59" else 0)


def _days(entry: Element) -> int:
    match = _DURATION.fullmatch(text(entry, "Duration"))
    return int(match[1]) if match else 0


def _fill(block: Element) -> None:
    """Put one action for each whole day into the block, each like the first one that is there."""
    actions = list(children(block, "ScheduleAction"))
    template = copy(actions[0]) if actions else make(block, "ScheduleAction")
    place = block.index(actions[0]) if actions else len(block)
    for action in actions:
        block.remove(action)
    for number, day in enumerate(_DAYS):
        action = copy(template)
        add_text(action, "id", number + 1)
        _write_action(action, (day, "00:00:00", day, "24:00:00", "false", "nothing", "true", _CONTINUOUS))
        block.insert(place + number, action)


def _write_action(action: Element, values: tuple[str, ...]) -> None:
    for path, value in zip(_SKELETON, values, strict=True):
        parent_name, _, name = path.rpartition("/")
        parent = action
        if parent_name:
            found = child(action, parent_name)
            if found is None:
                found = make(action, parent_name)
                action.append(found)
            parent = found
        add_text(parent, name, value)
