"""Faults that are real to the programs under test: a disk that forgets what was not synced."""
