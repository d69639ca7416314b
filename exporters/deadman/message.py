"""What Alertmanager's webhook says (version 4), and what a person is told (pure)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from exporters.deadman.heart import Event

WATCHDOG = "Watchdog"
_LONGEST = 500  # characters of one alert's text


class _Alert(BaseModel):
    status: str
    labels: dict[str, str]
    annotations: dict[str, str] = Field(default={})


class _Webhook(BaseModel):
    alerts: list[_Alert]


class MessageError(ValueError):
    """A message that is no webhook of Alertmanager."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a message holds: beats by their marks, and alerts that are for people."""

    marks: tuple[str | None, ...]
    alerts: tuple[dict[str, str], ...]  # annotations, with ``name``


def read(body: bytes) -> Message:
    """Read a message; an empty one is a beat of who has no webhook (a script, another program).

    Raises:
        MessageError: it is something else.
    """
    if not body.strip():
        return Message((None,), ())
    try:
        alerts = _Webhook.model_validate(json.loads(body)).alerts
    except (ValueError, ValidationError):
        raise MessageError("neither empty nor a webhook message of Alertmanager") from None
    firing = [one for one in alerts if one.status == "firing"]
    marks = tuple(one.annotations.get("beat") for one in firing if one.labels.get("alertname") == WATCHDOG)
    others = (one for one in firing if one.labels.get("alertname") != WATCHDOG)
    return Message(
        marks, tuple({"name": one.labels.get("alertname", "?")} | one.annotations for one in others)
    )


def of_event(event: Event, beat: str, age_s: float, language: str) -> str:
    """Return the text about a path that stopped or is back."""
    if event is Event.BACK:
        return f"监测链路恢复：{beat}" if language == "zh" else f"Monitoring is back: {beat}"
    if language == "zh":
        return (
            f"监测链路中断：{beat} 已 {age_s:.0f} 秒没有心跳。此时不会再收到任何告警，请检查 "
            "Prometheus、Alertmanager 和发送通道。"
        )
    return (
        f"Monitoring has stopped: no beat of {beat} for {age_s:.0f} s. No alert will arrive until it is back; look at "
        "Prometheus, Alertmanager and whatever sends."
    )


def of_alert(alert: dict[str, str], language: str) -> str:
    """Return the text of an alert that was sent here because the usual way may be dead."""
    text = alert.get("summary" if language == "zh" else "summary_en") or alert.get("summary") or alert["name"]
    printable = "".join(char if char.isprintable() else " " for char in text)
    return printable[:_LONGEST]
