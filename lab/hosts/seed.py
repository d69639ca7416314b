"""What a host of the lab is before anything is provisioned: staged, as a technician leaves it in the rack.

It has its name, addresses, routes and SSH, and lets in only its network's control node. A gateway passes on SSH and
ping from there to what a control node provisions, so that the first run reaches hosts and switches behind it, and
nothing else. The first run replaces these rules.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address
from pathlib import Path

from nanxi.wiring import Foot, Route

_NFT = """#!/usr/sbin/nft -f
# Staging: only a control node comes in. The role that provisions this host puts its own rules in place of these.
flush ruleset
table inet staging {{
  chain input {{
    type filter hook input priority filter; policy drop
    iif lo accept
    ct state established,related accept
    ip saddr {{ {controllers} }} tcp dport 22 accept
    ip saddr {{ {controllers} }} icmp type echo-request accept
  }}
  chain forward {{
    type filter hook forward priority filter; policy drop
    ct state established,related accept
    ip saddr {{ {controllers} }} tcp dport 22 accept
    ip saddr {{ {controllers} }} icmp type echo-request accept
  }}
}}
"""
#: A container has no right to set the machine's clock, and chrony's unit refuses to start without it.
_CHRONY = """[Unit]
ConditionCapability=

[Service]
ExecStart=
ExecStart=!/usr/sbin/chronyd -x -F 0
"""


def seed(
    upper: Path,
    name: str,
    feet: Iterable[Foot],
    routes: Iterable[Route],
    *,
    controllers: Iterable[IPv4Address],
    authorized: str,
    host_key: tuple[str, str],
) -> None:
    """Write a host's own files, only where there are none: what was provisioned survives a power cut.

    Args:
        upper: the upper layer of its overlay.
        name: its host name.
        feet: its interfaces.
        routes: what it reaches through whom.
        controllers: control nodes that may come in, those of its own network.
        authorized: public key that root is reached with.
        host_key: its own private and public key.
    """
    for path, text in _files(name, feet, routes, controllers).items():
        _write(upper / path, text)
    _write(upper / "root/.ssh/authorized_keys", authorized)
    _write(upper / "etc/ssh/ssh_host_ed25519_key", host_key[0], mode=0o600)
    _write(upper / "etc/ssh/ssh_host_ed25519_key.pub", host_key[1])


def _files(
    name: str, feet: Iterable[Foot], routes: Iterable[Route], controllers: Iterable[IPv4Address]
) -> Mapping[str, str]:
    feet, routes = tuple(feet), tuple(routes)
    files = {
        "etc/hostname": f"{name}\n",
        # sudo and Ansible look their own name up; without this line they wait for a name server.
        "etc/hosts": f"127.0.0.1 localhost\n127.0.1.1 {name}\n",
        "etc/resolv.conf": "",
        "etc/machine-id": uuid.uuid5(uuid.NAMESPACE_DNS, name).hex + "\n",
        "etc/nftables.conf": _NFT.format(controllers=", ".join(map(str, controllers))),
        "etc/systemd/system/chrony.service.d/lab.conf": _CHRONY,
    }
    if len(feet) > 1:
        files["etc/sysctl.d/10-staging.conf"] = "net.ipv4.ip_forward = 1\n"
    for foot in feet:
        lines = [f"[Match]\nName={foot.interface}\n", "[Network]", f"Address={foot.address}"]
        lines += ["LinkLocalAddressing=no", "IPv6AcceptRA=no", "ConfigureWithoutCarrier=yes"]
        for route in routes:
            if route.via in foot.address.network:
                lines += ["", "[Route]", f"Destination={route.to}", f"Gateway={route.via}"]
        files[f"etc/systemd/network/10-{foot.interface}.network"] = "\n".join(lines) + "\n"
    return files


def _write(path: Path, text: str, mode: int = 0o644) -> None:
    if path.exists():
        return
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    path.touch(mode=mode)
    path.write_text(text, "utf-8")
