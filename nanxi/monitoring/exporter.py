"""From plan and register to the files of one host's exporter: configuration, accounts, SNMP (pure but for the vault)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nanxi.credentials import Store
from nanxi.credentials.snmp import snmp_file
from nanxi.devices.declare import RECORDER
from nanxi.estate import Estate
from nanxi.monitoring.scope import Scope
from nanxi.register.model import Host

#: Where the role puts things on a host.
ESTATE, CREDENTIALS, RECORDING = (
    "/etc/nanxi/estate/current",
    "/etc/nanxi/exporters/credentials",
    "/etc/nanxi/recording.json",
)
GATE, GATE_PORT = "/run/nanxi-gate/control", 8554


#: One picture an hour (domain: 24 samples a day). Waiting for a key frame costs a session and no CPU, judging it 0.13-0.28 s of one core.
#: What was judged is forgotten by a restart, so that the first look does not wait for its turn.
_HOURLY = {"interval_s": 3600, "deadline_s": 30, "concurrency": 2, "first_within_s": 600}


def modules(scope: Scope, interval_s: int) -> dict[str, dict[str, Any]]:
    """Return how devices are asked; ``interval_s`` is the round of what must be noticed soon."""
    if not scope.asks:
        # At the gate a call-up costs the camera nothing. So many at once, because all of them are called up when it has come back.
        seldom = {"interval_s": 5 * interval_s, "deadline_s": min(20, 5 * interval_s), "concurrency": 40}
        here = {"kinds": ["cameras"], "which": "recorded_here"}
        return {"rtsp": {"prober": "rtsp", **here, **seldom}, "vqd": {"prober": "vqd", **here, **_HOURLY}}
    spoken_to = ["cameras", "encoders", "nvrs"]
    soon = {"interval_s": interval_s, "deadline_s": min(15, interval_s)}
    return {
        # What is lost here the other modules look at in the same second.
        "reach": {
            "prober": "reach",
            "kinds": spoken_to,
            "interval_s": min(10, interval_s),
            "deadline_s": min(5, interval_s),
            "recheck_s": 2,
        },
        "onvif": {"prober": "onvif", "kinds": spoken_to, **soon},
        "drift": {"prober": "drift", "kinds": spoken_to, "interval_s": 900, "deadline_s": 30},
        # A call-up costs a camera a session for some seconds; those that are recorded are called up at their gate.
        "rtsp": {
            "prober": "rtsp",
            "kinds": ["cameras"],
            "which": "unrecorded",
            "interval_s": 5 * interval_s,
            "deadline_s": 15,
        },
        "vqd": {"prober": "vqd", "kinds": ["cameras"], "which": "unrecorded", **_HOURLY, "concurrency": 8},
        # A cause is told once its second probe failed, too (nanxi:switch_unsettled).
        "snmp": {"prober": "snmp", "kinds": ["switches", "nvrs", "hosts"], **soon, "recheck_s": 5},
    }


def laid_over(
    known: Mapping[str, Mapping[str, Any]], given: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Return a host's modules with the customer's options laid over them.

    One that the host does not have is added when it names its prober; options alone are for those hosts that have it.
    """
    found = {name: {**module, **given.get(name, {})} for name, module in known.items()}
    return found | {name: dict(one) for name, one in given.items() if name not in known and "prober" in one}


def collectors(scope: Scope) -> dict[str, int]:
    """Return what is read from files, by its interval in seconds. The register is told once, by the police network's monitor."""
    if not scope.asks:
        return {"recorder": 60, "gate": 15, "guard": 15}
    return {"register": 60, "guard": 15} if scope.home == "police" else {"guard": 15}


def config(
    scope: Scope, asked: Mapping[str, Mapping[str, Any]], more: Mapping[str, Any], gate_port: int = GATE_PORT
) -> dict[str, Any]:
    """Return the configuration file; ``more`` are further options of the customer's, which win."""
    found: dict[str, Any] = {
        "inventory": ESTATE,
        "credentials": CREDENTIALS,
        "networks": [scope.home.value],
        "modules": {name: dict(module) for name, module in asked.items()},
        "collectors": collectors(scope),
    }
    if scope.units:
        found["units"] = sorted(scope.units)
    if scope.asks and scope.address:
        found["traps"] = {"address": scope.address}  # where the flow table lets devices send theirs
    if not scope.asks:
        found |= {"recording": RECORDING, "gate": {"control": GATE, "port": gate_port}}
    return found | dict(more)


def accounts(estate: Estate, scope: Scope, store: Store) -> dict[str, dict[str, dict[str, str]]]:
    """Return the account that may look, of every device that is asked: unit, host, account.

    A device that the vault does not know is left out; the exporter tells that there is no password.

    Raises:
        ClosedError: the vault cannot be opened.
    """
    found: dict[str, dict[str, dict[str, str]]] = {}
    for host, device in sorted(estate.devices.items()):
        if not scope.asks or not scope.covers(device) or not store.path(device.unit).exists():
            continue
        secret = store.unit(device.unit).get(host, {}).get(RECORDER.name)
        if secret:
            found.setdefault(device.unit, {})[host] = {RECORDER.name: secret}
    return found


def snmp(estate: Estate, scope: Scope, store: Store, more: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``snmp.yml``: the user of every device, with keys of its own each.

    Args:
        estate: plan and register.
        scope: which devices.
        store: the vault.
        more: what the customer's own variables add, for devices that have another user (UPS); its ``hosts`` win.

    Raises:
        ClosedError: the vault cannot be opened.
    """
    devices = [one for one in estate.devices.values() if scope.asks and scope.covers(one)]
    hosts = snmp_file(devices, store)["hosts"]
    return {**more, "hosts": hosts | dict(more.get("hosts", {}))}


def stations(estate: Estate, home: str) -> list[str]:
    """Return the recorder hosts of a network that are in use, each of which measures by itself."""
    return sorted(
        host
        for host, device in estate.devices.items()
        if isinstance(device, Host)
        and device.role == "recorder"
        and device.touchable
        and device.network == home
    )
