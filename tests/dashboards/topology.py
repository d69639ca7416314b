"""Small estates as Prometheus would see them: who hangs on whom, what fails when, as promtool's input series."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

STEP_S = 15


@dataclass(frozen=True)
class Node:
    """A device. ``switch`` and ``port`` say where it is plugged in."""

    name: str
    kind: str
    unit: str
    point_class: str = ""
    switch: str = ""
    port: str = ""
    encoder: str = ""
    due: int = 1

    @property
    def identity(self) -> str:
        return (
            f'device="{self.name}",kind="{self.kind}",unit="{self.unit}",'
            f'class="{self.point_class}",network="police"'
        )


def at(minutes: float) -> int:
    """Return the step of a time."""
    return round(minutes * 60 / STEP_S)


def series(
    nodes: Mapping[str, Node],
    down: Mapping[str, float],
    ports_down: Mapping[tuple[str, str], float],
    minutes: float,
    poll: float = 1,
) -> Iterator[tuple[str, str]]:
    """Yield what the exporters would tell for ``minutes``; devices and ports fail at the minute given and stay so.

    Switches and hosts are asked every ``poll`` minutes, in their own turn: also at the minute at which they fail.
    """
    steps = at(minutes)
    noticed = {switch: minute for (switch, _), minute in ports_down.items()} | dict(down)
    for node in nodes.values():
        module = "onvif" if node.kind in ("cameras", "encoders", "nvrs") else "snmp"
        yield f"nanxi_device_due{{{node.identity}}}", f"{node.due}x{steps}"
        info = f'{node.identity},switch="{node.switch}",switch_port="{node.port}",encoder="{node.encoder}"'
        yield f"nanxi_device_info{{{info}}}", f"1x{steps}"
        yield f'nanxi_probe_success{{{node.identity},module="{module}"}}', fails(down.get(node.name), steps)
        if module == "onvif":
            yield f"nanxi_device_reachable{{{node.identity}}}", fails(down.get(node.name), steps)
            place = f'{node.identity},module="reach"'
            yield f"nanxi_probe_timestamp_seconds{{{place}}}", f"0+{STEP_S}x{steps}"
            if node.name in down:
                yield (
                    f"nanxi_probe_failing_since_timestamp_seconds{{{place}}}",
                    failing(down[node.name], steps),
                )
        if module == "snmp":
            place = f'{node.identity},module="snmp"'
            asked = last_asked(noticed.get(node.name, 0), poll, steps)
            yield f"nanxi_probe_timestamp_seconds{{{place}}}", asked
            yield f"nanxi_probe_duration_seconds{{{place}}}", f"0x{steps}"
            if node.name in down:
                yield (
                    f"nanxi_probe_failing_since_timestamp_seconds{{{place}}}",
                    failing(down[node.name], steps),
                )
        if node.name in down:
            verdict = f'{node.identity},module="{module}",verdict="unreachable"'
            yield f"nanxi_probe_verdict{{{verdict}}}", begins(down[node.name], steps)
        if node.switch in nodes and node.port:
            above = nodes[node.switch]
            place = f'{above.identity},port="{node.port}"'
            # What a silent switch says of its ports is nothing: its series end.
            ends = down.get(above.name)
            yield f"nanxi_port_up{{{place}}}", fails(ports_down.get((above.name, node.port)), steps, ends)
            yield f"nanxi_port_admin_up{{{place}}}", fails(None, steps, ends)


def fails(minute: float | None, steps: int, ends: float | None = None) -> str:
    """Return 1 until ``minute``, 0 from then on, and nothing from ``ends`` on."""
    last = steps if ends is None else max(0, at(ends))
    values = [1 if minute is None or step < at(minute) else 0 for step in range(last + 1)]
    return " ".join(_runs(values)) + ("" if ends is None else " stale")


def begins(minute: float, steps: int) -> str:
    """Return nothing until ``minute`` and 1 from then on."""
    first = at(minute)
    return (f"_x{first - 1} " if first > 1 else "_ " if first == 1 else "") + f"1x{max(0, steps - first)}"


def failing(minute: float, steps: int) -> str:
    """Return since when a device does not answer, from the step at which it is noticed."""
    return f"{'_ ' * at(minute)}{round(minute * 60)}x{max(0, steps - at(minute))}"


def last_asked(minute: float, poll: float, steps: int) -> str:
    """Return the time of the last probe, at each step: one at ``minute``, and every ``poll`` minutes before and after."""
    turn, every = at(minute) % at(poll), at(poll)
    values = [max(0, turn + (step - turn) // every * every) * STEP_S for step in range(steps + 1)]
    return " ".join(_runs(values))


def _runs(values: list[int]) -> Iterator[str]:
    start = 0
    for index in range(1, len(values) + 1):
        if index == len(values) or values[index] != values[start]:
            yield f"{values[start]}x{index - start - 1}" if index - start > 1 else str(values[start])
            start = index
