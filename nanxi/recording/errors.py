"""What can go wrong with recorded files, as types that a caller can tell apart."""

from __future__ import annotations

from nanxi.findings import NanxiError


class RecordingError(NanxiError):
    """Base of every error of this package; its text is meant for a person."""


class NotASegmentError(RecordingError):
    """A file's name is not a segment's."""


class LostSegmentError(RecordingError):
    """A segment could not be made durable: it is abandoned, its time is a gap with the cause ``disk``.

    A failed fsync is never retried as a success: Linux marks the pages clean after the first failure, so that a second
    fsync succeeds without anything on the disk (PostgreSQL's "fsyncgate", 2018).
    """


class VolumeGoneError(RecordingError):
    """A volume's folder is there, but its marker is not: the disk is not mounted."""


class IndexFailedError(RecordingError):
    """The index could not be read or written; what was asked for did not happen."""
