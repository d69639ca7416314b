"""Recorded files: their names, the index, what is missing and why, how long they are kept, and how they are handed out.

The process that writes them is elsewhere; what it must keep to is :mod:`nanxi.recording.names` and docs/recording.md.
"""
