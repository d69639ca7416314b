"""What reading and writing share: where the services are, which media service speaks, what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from nanxi.devices.driver import Credential
from nanxi.devices.errors import FaultError
from nanxi.devices.onvif.client import Client
from nanxi.devices.onvif.clock import SystemTime
from nanxi.devices.onvif.device import GetCapabilities, GetServices
from nanxi.devices.onvif.encoder import Profile
from nanxi.devices.onvif.media import GetProfiles, GetVideoEncoderConfigurationOptions
from nanxi.devices.onvif.media2 import GetProfiles2, GetVideoEncoderConfigurationOptions2
from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.osd import GetOSDs, GetOSDs2
from nanxi.devices.onvif.request import Request
from nanxi.devices.onvif.sources import GetVideoSources, VideoSource, channel_of, order_of
from nanxi.devices.state import Aspect, Encoder, Identity, Osd
from nanxi.devices.values import Element

T = TypeVar("T")


class Reader:
    """One signed-in device and what is known of it in this session."""

    def __init__(self, client: Client, address: str) -> None:
        self.client = client
        self.profiles: tuple[Profile, ...] = ()
        self.sources: tuple[str, ...] = ()  # tokens of the video sources, in the order of the channels
        self.encoders: tuple[Encoder, ...] = ()  # as read last, with their roles
        self.encoder_service = Service.MEDIA  # the media service that showed them
        self.osd_service = Service.MEDIA
        self.input_logins: tuple[Credential, ...] = ()  # with which a recorder may take cameras in
        # What opening the session told already; used once, because reading back must ask again.
        self.first_identity: Identity | None = None
        self.first_clock: SystemTime | None = None
        self.unsupported: set[Aspect] = set()
        self.notes: list[str] = []
        self._address = address
        self._located = False
        self._listed: tuple[VideoSource, ...] | None = None

    def begin(self) -> None:
        """Start reading anew: what an earlier read noted and found is forgotten."""
        self.unsupported.clear()
        self.notes.clear()
        self._listed = None

    async def list_sources(self) -> tuple[VideoSource, ...]:
        """Return the video sources in the order of the channels, asked once a read; empty when nobody tells."""
        await self.locate_services()
        if self._listed is None and Service.MEDIA in self.client.services:
            self._listed = await self.ask(None, GetVideoSources())
        return self._listed or ()

    async def ask(self, aspect: Aspect | None, request: Request[T]) -> T | None:
        """Call an operation; what the device does not offer, or answers with a fault, is None and a note.

        Args:
            aspect: what is unsupported then; None when only a part of it is.
            request: the operation.
        """
        try:
            return await self.client.call(request)
        except FaultError as error:
            self.lacks(aspect, request.operation, error)
            return None

    def lacks(self, aspect: Aspect | None, operation: str, error: FaultError) -> None:
        """Note that the device does not offer ``operation``."""
        if aspect is not None:
            self.unsupported.add(aspect)
        self.notes.append(f"{operation}: {error}")

    async def locate_services(self) -> None:
        """Ask once where the services are; only paths are taken from the answer (D4, O10)."""
        if self._located:
            return
        self._located = True
        found: Mapping[Service, str]
        try:
            found = await self.client.call(GetServices())
        except FaultError:
            found = await self._without_get_services()
        strangers = {self.client.locate(service, address) for service, address in found.items()}
        strangers -= {"", self._address}
        if strangers:
            self.client.notes.append(
                f"advertises itself as {', '.join(sorted(strangers))}; the register's address is used (O10)"
            )

    async def _without_get_services(self) -> Mapping[Service, str]:
        try:
            return await self.client.call(GetCapabilities())
        except FaultError:
            return {Service.MEDIA: Service.MEDIA.default_path}

    async def read_profiles(self) -> tuple[Profile, ...]:
        """Read the profiles through Media2, then Media1 (O11).

        Raises:
            FaultError: neither service lists them.
        """
        await self.locate_services()
        problem: FaultError | None = None
        self.profiles = ()
        for service, request in ((Service.MEDIA2, GetProfiles2()), (Service.MEDIA, GetProfiles())):
            if service not in self.client.services:
                continue
            try:
                profiles: tuple[Profile, ...] = await self.client.call(request)
            except FaultError as error:
                problem = error
                continue
            self.profiles = profiles
            if any(profile.encoder for profile in profiles):
                self.encoder_service = service
                break
        if problem and not self.profiles:
            raise problem
        await self._order_sources()
        return self.profiles

    async def _order_sources(self) -> None:
        """Find out which source is which channel; a camera of one source costs no call for it."""
        seen = [profile.source for profile in self.profiles]
        several = len(set(filter(None, seen))) > 1
        self.sources = order_of(seen, await self.list_sources() if several else ())

    async def read_osds(self) -> tuple[tuple[Osd, Element], ...]:
        """Read the overlays, each with its channel, through Media2, then Media1.

        Raises:
            FaultError: neither service has them.
        """
        overlays = await self._read_osds()
        if overlays and not self.profiles:
            try:
                await self.read_profiles()
            except FaultError as error:
                self.lacks(None, "GetProfiles", error)
        source_of = {profile.source_configuration: profile.source for profile in self.profiles}
        return tuple(
            (replace(osd, channel=channel_of(source_of.get(osd.source_token, ""), self.sources)), element)
            for osd, element in overlays
        )

    async def _read_osds(self) -> tuple[tuple[Osd, Element], ...]:
        await self.locate_services()
        if Service.MEDIA2 in self.client.services:
            self.osd_service = Service.MEDIA2
            try:
                return await self.client.call(GetOSDs2())
            except FaultError:
                if Service.MEDIA not in self.client.services:
                    raise
        self.osd_service = Service.MEDIA
        return await self.client.call(GetOSDs())

    async def read_limits(self, encoders: tuple[Encoder, ...]) -> tuple[Encoder, ...]:
        """Return the encoders with what they can do; main and sub only."""
        result = []
        for encoder in encoders:
            limits = None
            if encoder.role != "other" and self.encoder_service is Service.MEDIA2:
                limits = await self.ask(None, GetVideoEncoderConfigurationOptions2(encoder.token))
            elif encoder.role != "other":
                limits = await self.ask(None, GetVideoEncoderConfigurationOptions(encoder.token))
            result.append(replace(encoder, limits=limits))
        return tuple(result)
