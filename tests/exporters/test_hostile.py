"""Nothing leaves for what is no device of the register, and no hostile device delays a healthy one (S6, H4)."""

from __future__ import annotations

import asyncio
import random
import subprocess

import pytest

from tests.support.lab import need

pytestmark = pytest.mark.lab
HEALTHY = [f"shangtang-cam{number:04d}" for number in (1, 2, 5, 6, 8)]
HOSTILE = {
    "shangtang-cam0003": "hang",
    "shangtang-cam0004": "gigabyte",
    "shangtang-cam0007": "slow-body",
    "shangtang-cam0009": "endless-headers",
    "shangtang-cam0010": "length-too-long",
    "shangtang-cam0011": "slow-header",
    "shangtang-cam0012": "endless-chunk-extension",
}


def random_targets(count: int) -> list[str]:
    """Addresses of the plan's networks, of elsewhere, URLs, and names that are nearly right."""
    dice = random.Random(2008)
    made = []
    for _ in range(count):
        address = f"{dice.choice(['10.98', '10.99', '10.33', '192.168', '127.0', '169.254'])}.{dice.randrange(256)}.{dice.randrange(256)}"
        name = f"shangtang-cam{dice.randrange(9999):05d}"
        shapes = [
            address,
            f"{address}:80",
            f"http://{address}/",
            f"rtsp://a@{address}",
            name,
            name.upper(),
            f"{name}\0",
            f"::ffff:{address}",
        ]
        made.append(dice.choice(shapes))
    return made


async def test_a_thousand_random_targets_are_no_packet(make_config, serve) -> None:
    """Counted by the kernel: whatever leaves for another port than the exporter's own."""
    need("nft")
    client = await serve(make_config())
    port = client.base.rpartition(":")[2]
    chain = [
        "type filter hook output priority 0;",
        f"tcp sport {port} accept",
        f"tcp dport {port} accept",
        "counter",
    ]
    rules = "\n".join(["table inet nanxi_s6 {", "chain out {", *chain, "}", "}", ""])
    subprocess.run(["nft", "-f", "-"], input=rules, text=True, check=True)  # noqa: ASYNC221
    try:
        for target in random_targets(1000):
            status, _ = await client.get("/probe", params={"module": "onvif", "target": target})
            assert status == 400, target
        listed = subprocess.run(  # noqa: ASYNC221
            ["nft", "list", "table", "inet", "nanxi_s6"], capture_output=True, text=True, check=True
        )
        assert "counter packets 0 " in listed.stdout
    finally:
        subprocess.run(["nft", "delete", "table", "inet", "nanxi_s6"], check=True)  # noqa: ASYNC221


async def test_hostile_devices_delay_nobody(cameras, make_config, serve, read, estate) -> None:
    """Seven of twelve misbehave and two places are all there is: the healthy ones are read in every interval."""
    entries = {host: {} for host in HEALTHY}
    entries |= {
        host: {"overrides": {"traits": {"misbehaves": [{"behaviour": name}]}}}
        for host, name in HOSTILE.items()
    }
    twins = cameras(entries)
    config = make_config(poll=True, kinds=["cameras"], interval_s=2, deadline_s=1, concurrency=2)
    client = await serve(config.model_copy(update={"units": frozenset({"shangtang"})}))
    await asyncio.sleep(7)
    _, text = await client.get("/metrics")
    up = {
        line.split('"')[1]: line[-1] for line in text.splitlines() if line.startswith("nanxi_probe_success{")
    }
    assert {host for host in HEALTHY if up.get(host) == "1"} == set(HEALTHY)
    assert not [host for host in HOSTILE if up.get(host) == "1"]
    counts = client.exporter.pollers["onvif"].figures.verdicts
    assert counts["ok"] >= 2 * len(HEALTHY)
    assert twins
