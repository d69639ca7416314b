"""Acceptance: checks as data, each with a verdict that can be traced to evidence."""
