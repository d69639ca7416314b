"""Columns of the register's files: the fields of the models, under their Chinese or English titles."""

from __future__ import annotations

from functools import cache
from typing import Literal

from nanxi.register.model import Device

Language = Literal["zh", "en"]


@cache
def titles(model: type[Device], language: Language = "zh") -> dict[str, str]:
    """Return field name -> column title, in the order of the columns."""
    return {
        name: (field.title or name) if language == "zh" else name
        for name, field in model.model_fields.items()
        if not field.exclude
    }


@cache
def names(model: type[Device]) -> dict[str, str]:
    """Return column title -> field name, for titles in either language."""
    chinese = {title: name for name, title in titles(model).items()}
    return chinese | {name: name for name in titles(model)}


@cache
def required(model: type[Device]) -> frozenset[str]:
    """Return the names of the fields that a file must have a column for."""
    return frozenset(name for name in titles(model) if model.model_fields[name].is_required())
