"""Zones and flows as one SVG: the police network on the left, the public one on the right (pure).

Layers from top to bottom: who is beyond the county, the county's centre, the backbone, the zones that every unit has.
The sharing gateway's two sides stand against the border. Everything is placed by what the plan says of a zone, so a
zone that is added finds its place without a change here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

from nanxi.county.model import Network, Plan, Scope, Zone

WIDTH, HEIGHT, MIDDLE, MARGIN = 1400, 712, 820, 24
BOX_WIDTH, BOX_HEIGHT = 160, 58
LAYERS = {"foreign": 96, "centre": 270, "backbone": 418, "units": 560}
COLOURS = {Network.POLICE: ("#eaf0fa", "#23508e"), Network.PUBLIC: ("#fbf1e4", "#a2621b")}
TITLES = {Network.POLICE: "公安视频信息网", Network.PUBLIC: "社会治安视频信息网"}

FONTS = "Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, Microsoft YaHei, sans-serif"
TIP = (
    '<marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0,0L10,5L0,10z" fill="#555"/></marker>'
)


@dataclass(frozen=True, slots=True)
class Box:
    """A zone's place on the page; ``x`` and ``y`` are its upper left corner, in SVG units."""

    zone: Zone
    x: float
    y: float

    @property
    def centre(self) -> float:
        """Middle of its width."""
        return self.x + BOX_WIDTH / 2


@dataclass(frozen=True, slots=True)
class Arrow:
    """All flows from one zone to another; ``numbers`` are theirs in the table."""

    source: str
    target: str
    numbers: tuple[int, ...]


def draw(plan: Plan) -> str:
    """Return the diagram."""
    boxes = {box.zone.key: box for box in _place(plan.addresses.zones)}
    every = list(_arrows(plan))
    arrows = [arrow for arrow in every if arrow.source != arrow.target]
    inside = [arrow for arrow in every if arrow.source == arrow.target]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="15" font-family="{FONTS}">',
        f"<defs>{TIP}</defs>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>',
        *_grounds(),
        *_backbones(plan.addresses.zones),
        *_lines(arrows, boxes),
        *(_box(box) for box in boxes.values()),
        *(_loop(arrow, boxes[arrow.source]) for arrow in inside),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _place(zones: Iterable[Zone]) -> Iterator[Box]:
    rows: dict[tuple[Network, str], list[Zone]] = defaultdict(list)
    for zone in zones:
        if not zone.transit:
            layer = "foreign" if zone.foreign else "units" if zone.scope is Scope.UNIT else "centre"
            rows[zone.network, layer].append(zone)
    for (network, layer), row in rows.items():
        left, right = _span(network)
        inner = [zone for zone in row if zone.joins_networks]
        others = [zone for zone in row if not zone.joins_networks]
        step = (right - left) / max(len(row), 1)
        # The sharing gateway stands at the border between the networks.
        order = [*others, *inner] if network is Network.POLICE else [*inner, *others]
        for index, zone in enumerate(order):
            yield Box(zone, left + step * (index + 0.5) - BOX_WIDTH / 2, LAYERS[layer])


def _span(network: Network) -> tuple[float, float]:
    return (MARGIN, MIDDLE - 12) if network is Network.POLICE else (MIDDLE + 12, WIDTH - MARGIN)


def _arrows(plan: Plan) -> Iterator[Arrow]:
    pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, flow in enumerate(plan.flows.flows, 1):
        pairs[flow.source, flow.target].append(number)
    for (source, target), numbers in pairs.items():
        yield Arrow(source, target, tuple(numbers))


def _grounds() -> Iterator[str]:
    for network, (fill, ink) in COLOURS.items():
        left, right = _span(network)
        yield f'<rect x="{left}" y="20" width="{right - left}" height="{HEIGHT - 40}" rx="12" fill="{fill}"/>'
        yield f'<text x="{left + 18}" y="52" font-size="20" font-weight="bold" fill="{ink}">{TITLES[network]}</text>'
        y = LAYERS["units"] - 44
        yield (
            f'<rect x="{left + 10}" y="{y}" width="{right - left - 20}" height="{HEIGHT - y - 34}" rx="10" '
            f'fill="none" stroke="{ink}" stroke-dasharray="6 5"/>'
        )
        yield f'<text x="{left + 24}" y="{HEIGHT - 48}" fill="{ink}">每个单位各一套</text>'


def _backbones(zones: Iterable[Zone]) -> Iterator[str]:
    for zone in zones:
        if zone.transit:
            left, right = _span(zone.network)
            ink = COLOURS[zone.network][1]
            y = LAYERS["backbone"]
            yield (
                f'<rect x="{left + 30}" y="{y}" width="{right - left - 60}" height="22" rx="11" fill="{ink}" opacity=".16"/>'
            )
            # On the side away from the centre's arrows.
            x, anchor = (right - 44, "end") if zone.network is Network.POLICE else (left + 44, "start")
            yield (
                f'<text x="{x}" y="{y + 16}" text-anchor="{anchor}" font-size="13" fill="{ink}">'
                f"{escape(zone.name)} · VLAN {zone.vlan}（只有网关）</text>"
            )


def _box(box: Box) -> str:
    zone = box.zone
    ink = "#9b1c31" if zone.joins_networks else COLOURS[zone.network][1]
    dash = ' stroke-dasharray="5 4"' if zone.foreign else ""
    return (
        f'<g><rect x="{box.x:.0f}" y="{box.y}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8" fill="#fff" '
        f'stroke="{ink}" stroke-width="{2.5 if zone.joins_networks else 1.6}"{dash}/>'
        f'<text x="{box.centre:.0f}" y="{box.y + 25}" text-anchor="middle" fill="#111">{escape(zone.name)}</text>'
        f'<text x="{box.centre:.0f}" y="{box.y + 45}" text-anchor="middle" font-size="12" fill="#666">'
        f"{escape(zone.key)} · {zone.vlan}</text></g>"
    )


def _lines(arrows: list[Arrow], boxes: dict[str, Box]) -> Iterator[str]:
    """Yield every arrow; its ends are spread along the edges of their boxes so that no two share a point."""
    docks: dict[tuple[str, str], list[tuple[float, int, int]]] = defaultdict(list)
    for index, arrow in enumerate(arrows):
        for end, (own, other) in enumerate(((arrow.source, arrow.target), (arrow.target, arrow.source))):
            side = _side(boxes[own], boxes[other])
            docks[own, side].append((boxes[other].centre, index, end))
    at: dict[tuple[int, int], tuple[float, float]] = {}
    for (key, side), found in docks.items():
        box = boxes[key]
        for place, (_, index, end) in enumerate(sorted(found), 1):
            share = place / (len(found) + 1)
            if side in ("top", "bottom"):
                at[index, end] = box.x + BOX_WIDTH * share, box.y + (BOX_HEIGHT if side == "bottom" else 0)
            else:
                at[index, end] = box.x + (BOX_WIDTH if side == "right" else 0), box.y + BOX_HEIGHT * share
    for index, arrow in enumerate(arrows):
        yield _line(at[index, 0], at[index, 1], arrow, boxes)


def _side(own: Box, other: Box) -> str:
    if own.y != other.y:
        return "bottom" if other.y > own.y else "top"
    return "right" if other.x > own.x else "left"


def _line(start: tuple[float, float], end: tuple[float, float], arrow: Arrow, boxes: dict[str, Box]) -> str:
    (x1, y1), (x2, y2) = start, end
    across = boxes[arrow.source].zone.network is not boxes[arrow.target].zone.network
    ink = "#9b1c31" if across else "#555"
    half = (y2 - y1) / 2
    level = boxes[arrow.source].y == boxes[arrow.target].y
    bend = f"C{x1:.0f},{y1 + half:.0f} {x2:.0f},{y2 - half:.0f} {x2:.0f},{y2:.0f}"
    path = f"M{x1:.0f},{y1:.0f}" + (f"L{x2:.0f},{y2:.0f}" if level else bend)
    # Near the end that begins, where arrows have not met yet.
    where = 0.5 if level else 0.3
    u = 1 - where
    x = x1 * (u**3 + 3 * u * u * where) + x2 * (where**3 + 3 * u * where * where)
    y = u**3 * y1 + 3 * u * u * where * (y1 + half) + 3 * u * where * where * (y2 - half) + where**3 * y2
    if level:
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
    line = f'<path d="{path}" fill="none" stroke="{ink}" stroke-width="1.5" marker-end="url(#tip)"/>'
    return line + _label(x, y, arrow, ink)


def _loop(arrow: Arrow, box: Box) -> str:
    """Mark a flow that stays inside a zone at the corner of its box: it is for the hosts' own rules."""
    return _label(box.x + BOX_WIDTH - 14, box.y, arrow, "#555", "↻")


def _label(x: float, y: float, arrow: Arrow, ink: str, before: str = "") -> str:
    label = before + ",".join(map(str, arrow.numbers))
    width = 12 + 8 * len(label)
    return (
        f'<rect x="{x - width / 2:.0f}" y="{y - 9:.0f}" width="{width}" height="18" rx="9" fill="#fff" stroke="{ink}"/>'
        f'<text x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle" font-size="12" fill="{ink}">{label}</text>'
    )
