"""``python -m lab.bench.snmp_client PORT COUNT ROUNDS OID...``: our client over many v3 agents, as the poller asks them."""

from __future__ import annotations

import asyncio
import sys
from ipaddress import IPv4Address

import uvloop

from lab.bench.snmp import AUTH, PRIV, USER, address
from nanxi.devices.snmp.access import KeyRing, UserAccess
from nanxi.devices.snmp.client import Limits, connect

_AT_ONCE = 64


async def main(port: int, count: int, rounds: int, oids: list[str]) -> None:
    """Ask every agent for the objects, ``rounds`` times; the keys are kept from round to round."""
    access = UserAccess.model_validate(
        {"version": "3", "user": USER, "auth_password": AUTH, "priv_password": PRIV}
    )
    keys, places = KeyRing(), asyncio.Semaphore(_AT_ONCE)

    async def ask(number: int) -> int:
        async with places:
            target = address(number)
            agent = await connect(
                target, IPv4Address(target), port, access=access, keys=keys, limits=Limits()
            )
            return len(await agent.get(oids))

    for _ in range(rounds):
        answers = await asyncio.gather(*map(ask, range(count)))
        if set(answers) - {len(oids)}:
            raise SystemExit(f"answers had {sorted(set(answers))} of {len(oids)} objects")


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
