"""Zones and flows as tables for people, and docs/zones.md (Chinese first: whoever signs the policy reads it)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from nanxi.county import zonediagram
from nanxi.county.load import load_plan
from nanxi.county.model import Flow, Network, Plan, Reach, Zone
from nanxi.files import write_atomically

NETWORKS = {Network.POLICE: "公安视频信息网", Network.PUBLIC: "社会治安视频信息网"}
REACHES = {Reach.UNIT: "本单位内", Reach.COUNTY: "全县"}
FLOW_COLUMNS = ("号", "流向", "发起", "应答", "服务", "范围", "理由")
ZONE_COLUMNS = ("分区", "名称", "网络", "VLAN", "每单位/全县", "说明")


def ends(plan: Plan) -> tuple[Zone, ...]:
    """Return the zones in which flows can begin and end: all but the backbones."""
    return tuple(zone for zone in plan.addresses.zones if not zone.transit)


def between(plan: Plan, source: Zone, target: Zone) -> list[tuple[int, Flow]]:
    """Return the flows from one zone to another with their numbers, 1 being the first of the table."""
    numbered = enumerate(plan.flows.flows, 1)
    return [(n, flow) for n, flow in numbered if (flow.source, flow.target) == (source.key, target.key)]


def services(plan: Plan, flow: Flow) -> str:
    """Return what a flow lets through: 视频流 tcp/554、连通测试 icmp."""
    found = (plan.flows.services[key] for key in flow.services)
    return "、".join(
        f"{one.name} {one.protocol}" + (f"/{','.join(map(str, one.ports))}" if one.ports else "")
        for one in found
    )


def matrix(plan: Plan) -> list[tuple[str, ...]]:
    """Return a row a zone: its name, then for every zone the numbers of the flows towards it; "" is forbidden."""
    zones = ends(plan)
    return [
        (source.name, *(",".join(str(number) for number, _ in between(plan, source, t)) for t in zones))
        for source in zones
    ]


def flow_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Return a row a flow, in ``FLOW_COLUMNS``."""
    names = {zone.key: zone.name for zone in plan.addresses.zones}
    return [
        (
            str(number),
            flow.key,
            names[flow.source],
            names[flow.target],
            services(plan, flow),
            REACHES[flow.reach] + ("，通县外" if flow.foreign else ""),
            flow.reason,
        )
        for number, flow in enumerate(plan.flows.flows, 1)
    ]


def zone_rows(plan: Plan) -> list[tuple[str, ...]]:
    """Return a row a zone, in ``ZONE_COLUMNS``."""
    remarks = (
        ("isolated", "区内互相隔离"),
        ("joins_networks", "两网唯一交汇处"),
        ("foreign", "县外"),
        ("transit", "网关互联，不设终端"),
    )
    return [
        (
            zone.key,
            zone.name,
            NETWORKS[zone.network],
            str(zone.vlan),
            "每单位" if zone.scope == "unit" else "全县一个",
            "、".join(text for field, text in remarks if getattr(zone, field)),
        )
        for zone in plan.addresses.zones
    ]


def as_json(plan: Plan) -> dict[str, object]:
    """Return zones, services and what every pair of zones allows."""
    return {
        "zones": [zone.model_dump(mode="json") for zone in plan.addresses.zones],
        "services": {key: service.model_dump(mode="json") for key, service in plan.flows.services.items()},
        "flows": [flow.model_dump(mode="json", by_alias=True) for flow in plan.flows.flows],
        "matrix": {
            source.key: {t.key: [flow.key for _, flow in between(plan, source, t)] for t in ends(plan)}
            for source in ends(plan)
        },
    }


def page(plan: Plan) -> str:
    """Return docs/zones.md."""
    zones = ends(plan)
    heads = [f"{number}" for number in range(1, len(zones) + 1)]
    rows = [
        (f"**{head}** {name}", *(cell or ("·" if own != index else "–") for index, cell in enumerate(cells)))
        for own, (head, (name, *cells)) in enumerate(zip(heads, matrix(plan), strict=True))
    ]
    return "\n".join(
        [
            "# 分区与流向 · Zones and flows",
            "",
            f"Generated from `inventory/{plan.county.key}/plan/addresses.yml` and `flows.yml` by `make generated`; do not edit.",
            "What is not in the table is forbidden. `scripts/accept zones` proves both with packets.",
            "",
            "![分区与流向](zones.svg)",
            "",
            "## 矩阵 · Matrix",
            "",
            "行为发起方，列为应答方；数字为下表流向号，`·` 为禁止，`–` 为同一分区（前端分区内也禁止互访）。",
            "Rows begin, columns answer; numbers are those of the flows below, `·` is forbidden.",
            "",
            *_table(["", *heads], rows),
            "",
            "## 流向 · Flows",
            "",
            *_table(FLOW_COLUMNS, flow_rows(plan)),
            "",
            "## 分区 · Zones",
            "",
            *_table(ZONE_COLUMNS, zone_rows(plan)),
            "",
            "## 两网如何不相通 · Why the networks stay apart",
            "",
            "- A flow is a session between two zones. Its two ends are in one network, except between the two sides of the",
            "  sharing gateway (`joins_networks`), and the plan is refused where a flow breaks that (`nanxi/county/checks/flows.py`).",
            "- Gateways forward over their own network's backbone (`transit`) only, and no flow begins or ends there: no chain of",
            "  gateways leads across.",
            "- From one department to a police camera there is a chain of *sessions* through the hosts of the sharing gateway,",
            "  which end one session, decide, and begin another. Packets do not pass.",
            "- Foreign zones (the city, other departments) need `foreign: true` at the flow, and other departments reach the",
            "  sharing gateway alone. The Internet is no zone, so nothing can be written that leads there.",
            "",
        ]
    )


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = (heads, ["---"] * len(heads), *rows)
    return ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in lines]


def write(plan: Plan, folder: Path) -> None:
    """Write zones.md and zones.svg into ``folder``."""
    write_atomically(folder / "zones.md", page(plan))
    write_atomically(folder / "zones.svg", zonediagram.draw(plan))


if __name__ == "__main__":
    write(load_plan(Path(sys.argv[1]) / "plan"), Path(sys.argv[2]))
