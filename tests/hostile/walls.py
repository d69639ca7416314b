"""A network that goes everywhere and nowhere: every address of the world is local, and nftables notes who is called.

In a namespace without a way out a packet to a stranger would die before any counter sees it. Here it is sent, counted
by address, and ends on ``lo``.
"""

import json
import subprocess
from collections.abc import Iterable

_RULES = """
table inet arena {{
  set cameras {{ type ipv4_addr; elements = {{ {cameras} }} }}
  set strays4 {{ type ipv4_addr; size 65535; flags dynamic; }}
  set strays6 {{ type ipv6_addr; size 65535; flags dynamic; }}
  chain output {{
    type filter hook output priority 0; policy accept;
    ip daddr @cameras accept
    meta nfproto ipv4 add @strays4 {{ ip daddr counter }}
    meta nfproto ipv6 add @strays6 {{ ip6 daddr counter }}
  }}
}}
"""


def build(cameras: Iterable[str]) -> None:
    """Furnish this process's own new namespace; a client's source address is the camera's, so both ways match."""
    _run("ip", "link", "set", "lo", "up")
    _run("ip", "route", "add", "local", "0.0.0.0/0", "dev", "lo")
    _run("ip", "-6", "route", "add", "local", "::/0", "dev", "lo")
    _run("nft", "-f", "-", text=_RULES.format(cameras=", ".join(cameras)))


def strays() -> dict[str, int]:
    """Return how many packets left for every address that is none of the cameras'."""
    found: dict[str, int] = {}
    for name in ("strays4", "strays6"):
        listed = json.loads(_run("nft", "-j", "list", "set", "inet", "arena", name))["nftables"]
        entries = next(item["set"] for item in listed if "set" in item).get("elem", [])
        found |= {entry["elem"]["val"]: entry["elem"]["counter"]["packets"] for entry in entries}
    return found


def _run(*command: str, text: str | None = None) -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
    return done.stdout
