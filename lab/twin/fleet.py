"""The fleet: every twin of a register in one process."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Literal

from aiohttp import web

from lab.twin.deaf import make_deaf
from lab.twin.discovery import Responder
from lab.twin.fleetfile import FleetConfig
from lab.twin.installation import Installation, install
from lab.twin.rtsp.server import RtspServer
from lab.twin.store import Store
from lab.twin.twin import Time, Twin
from lab.twin.web import WebFace
from nanxi.county.model import Addressing
from nanxi.register.model import Camera, Device

Bind = Literal["wildcard", "each"]
BACKLOG = 4096
#: What a twin can be spoken to with; ISAPI is one more face of a twin whose profile has it.
DRIVERS = frozenset({"onvif", "isapi"})
REAL_TIME = Time(wall=time.time, monotonic=time.monotonic)


def has_twin(device: Device) -> bool:
    """Return whether a device of the register is one that a twin impersonates."""
    analog = isinstance(device, Camera) and bool(device.encoder)
    return device.driver in DRIVERS and device.ipv4 is not None and not analog


class Fleet:
    """Twins by host name and by address. A twin comes into being when somebody asks for it.

    Args:
        devices: the register's devices; those without such a driver or an address are left out, and so are
            analog cameras, which hang on an encoder.
        config: which device is which kind of twin.
        state_dir: where changed settings are kept over restarts; None forgets them.
        addressing: the address plan, for masks and gateways.
        clock: where real time comes from.
    """

    def __init__(
        self,
        devices: Iterable[Device],
        config: FleetConfig | None = None,
        state_dir: Path | None = None,
        *,
        addressing: Addressing | None = None,
        clock: Time = REAL_TIME,
    ) -> None:
        chosen = (device for device in devices if has_twin(device))
        self.installations = {device.host: install(device, addressing) for device in chosen}
        self._config = config or FleetConfig()
        self._hosts = {str(item.address): item.host for item in self.installations.values()}
        self._twins: dict[str, Twin] = {}
        self._store = Store(state_dir)
        self._clock = clock
        self._started = clock.wall()
        self._listeners: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []
        self._web: web.Server | None = None
        self._rtsp: RtspServer | None = None
        self._discovery: Responder | None = None

    def twin(self, host: str) -> Twin:
        """Return one twin.

        Raises:
            KeyError: the fleet has no such device.
        """
        if host not in self._twins:
            self._twins[host] = self._make(self.installations[host])
        return self._twins[host]

    def met(self, host: str) -> bool:
        """Return whether anybody has asked for a twin yet."""
        return host in self._twins

    def lookup(self, address: str) -> Twin | None:
        """Return the twin that has an address."""
        host = self._hosts.get(address)
        return None if host is None else self.twin(host)

    async def start(self, bind: Bind = "wildcard", *, rtsp: bool = True, discovery: bool = False) -> None:
        """Listen on every address and port of the register; the options say what for beside HTTP.

        Raises:
            OSError: a port is taken, or needs more rights.
        """
        self._web = web.Server(WebFace(self.lookup), access_log=None)
        loop = asyncio.get_running_loop()
        for endpoint in self._endpoints(bind, "http_port"):
            listener = socket.create_server(endpoint, backlog=BACKLOG)
            self._listeners.append(listener)
            self._servers.append(await loop.create_server(self._web, sock=listener, backlog=BACKLOG))
        if rtsp:
            self._rtsp = RtspServer(self._switched_on)
            await self._rtsp.start(self._endpoints(bind, "rtsp_port"))
        if discovery:
            self._discovery = Responder(self._switched_on, self._networks())
            self._discovery.start({host for host, _ in self._endpoints(bind, "http_port")})
        self._refresh_power()

    async def stop(self) -> None:
        """Close every connection and keep the state."""
        for server in self._servers:
            server.close()
        if self._web is not None:
            await self._web.shutdown(timeout=0.5)
        if self._rtsp is not None:
            await self._rtsp.stop()
        if self._discovery is not None:
            self._discovery.stop()
        self._servers.clear()
        self._listeners.clear()
        self._store.close()

    def set_power(self, host: str, *, on: bool) -> None:
        """Switch a device on or off; one without power answers nothing, at TCP neither."""
        self.twin(host).powered = on
        if self._rtsp is not None and not on:
            self._rtsp.drop(str(self.installations[host].address))
        self._refresh_power()

    def reboot(self, host: str) -> None:
        """Restart a device, streams and all."""
        self.twin(host).reboot()
        if self._rtsp is not None:
            self._rtsp.drop(str(self.installations[host].address))

    def _refresh_power(self) -> None:
        off = [item.address for host, item in self.installations.items() if not self._powered(host)]
        streams = () if self._rtsp is None else self._rtsp.listeners
        for listener in (*self._listeners, *streams):
            make_deaf(listener, off)

    def _powered(self, host: str) -> bool:
        return self._twins[host].powered if self.met(host) else self._config.entry(host).power

    def _switched_on(self, address: str) -> Twin | None:
        twin = self.lookup(address)
        return None if twin is None or not twin.powered or twin.silent_s else twin

    def _make(self, installation: Installation) -> Twin:
        profile = self._config.profile(installation.host, installation.make)
        twin = Twin(
            installation, profile, self._store, self._clock, self._started, neighbour=self._switched_on
        )
        twin.powered = self._config.entry(installation.host).power
        return twin

    def _networks(self) -> dict[IPv4Address, IPv4Network]:
        return {
            item.address: IPv4Network((item.address, item.prefix_length), strict=False)
            for item in self.installations.values()
        }

    def _endpoints(self, bind: Bind, port: Literal["http_port", "rtsp_port"]) -> list[tuple[str, int]]:
        everywhere = "0.0.0.0" if bind == "wildcard" else None  # noqa: S104 - of the lab's own namespace
        return sorted(
            {(everywhere or str(item.address), getattr(item, port)) for item in self.installations.values()}
        )
