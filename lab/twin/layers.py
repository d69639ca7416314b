"""Lay one piece of YAML over another: vendor over generic, quirk over profile, one channel beside the next (pure)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``over`` laid on it; a mapping over a list of mappings is laid on each of them."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        if not isinstance(value, Mapping):
            result[key] = value
        elif isinstance(old, Mapping):
            result[key] = merge(old, value)
        elif isinstance(old, list):
            result[key] = [merge(item, value) for item in old]
        else:
            result[key] = value
    return result


def repeat(base: Mapping[str, Any], template: Mapping[str, Any], times: int) -> dict[str, Any]:
    """Return ``base`` with ``template`` added ``times`` times, the number from 1 in place of ``{n}``."""
    result = dict(base)
    for number in range(1, times + 1):
        result = _added(result, _numbered(template, str(number)))
    return result


def _numbered(template: Any, number: str) -> Any:
    if isinstance(template, str):
        return template.replace("{n}", number)
    if isinstance(template, Mapping):
        return {_numbered(key, number): _numbered(value, number) for key, value in template.items()}
    return [_numbered(item, number) for item in template] if isinstance(template, list) else template


def _added(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``base`` with ``more``: mappings are merged, lists grow."""
    result = dict(base)
    for key, value in more.items():
        old = result.get(key)
        if isinstance(value, Mapping) and isinstance(old, Mapping):
            result[key] = _added(old, value)
        elif isinstance(value, list) and isinstance(old, list):
            result[key] = [*old, *value]
        else:
            result[key] = value
    return result
