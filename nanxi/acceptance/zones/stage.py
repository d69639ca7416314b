"""Where the probes of a run stand: a file that lists spots, or one laptop and what it can see from its place."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from nanxi.acceptance.zones.model import Spot
from nanxi.acceptance.zones.run import Stage
from nanxi.county.isolation import Isolation, Place
from nanxi.county.load import Document
from nanxi.findings import Finding, InputError, NanxiError


class Entry(BaseModel):
    """One spot in a file: its zone instance and address, and how an agent gets there.

    Without ``netns``, ``ssh`` and ``process`` nobody of ours is there: a real device, or (``answers``) a laptop on
    which somebody runs ``scripts/accept zones --answer``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: str = Field(description="shangtang/viewing, or core")
    address: IPv4Address
    name: str = Field(default="", description="default: the place")
    netns: str = Field(default="", pattern=r"^[\w.-]*$", description="name of a network namespace")
    ssh: str = Field(
        default="", pattern=r"^([\w.@][\w.@:-]*)?$", description="[user@]host, sudo without password"
    )
    process: int = Field(default=0, ge=0, description="id of a process whose network it is")
    answers: bool = False
    stranger_mac: str = Field(default="", pattern=r"^([0-9a-f]{2}(:[0-9a-f]{2}){5})?$")

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if sum(map(bool, (self.netns, self.ssh, self.process, self.answers))) > 1:
            raise ValueError("say one of netns, ssh, process and answers")
        return self

    @property
    def reach(self) -> tuple[str, ...]:
        """The command prefix that enters the spot, empty when nobody of ours can."""
        if self.netns:
            return ("nsenter", f"--net=/run/netns/{self.netns}", "--")
        if self.process:
            return ("nsenter", f"--net=/proc/{self.process}/ns/net", "--")
        if self.ssh:
            return ("ssh", "-o", "BatchMode=yes", "--", self.ssh)
        return ()


class Entries(BaseModel):
    """The file: ``spots:`` and a list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    spots: tuple[Entry, ...] = Field(min_length=1)


def read_stage(path: Path, isolation: Isolation) -> Stage:
    """Return the stage that a file describes.

    Raises:
        InputError: with every mistake: unknown places, addresses outside them, spots of one name.
    """
    document = Document.read(path)
    try:
        entries = Entries.model_validate(document.data).spots
    except ValidationError as error:
        raise InputError(document.explain(error)) from None
    if mistakes := list(_mistakes(entries, isolation, document)):
        raise InputError(mistakes)
    return stage(entries, isolation)


def stage(entries: Iterable[Entry], isolation: Isolation) -> Stage:
    """Return the stage of entries whose places exist."""
    spots, reach = [], {}
    for entry in entries:
        name = entry.name or entry.place
        ours = bool(entry.reach) or entry.answers
        spots.append(Spot(name, isolation.place(entry.place), entry.address, ours, entry.stranger_mac))
        if entry.reach:
            reach[name] = entry.reach
    return Stage(tuple(spots), reach)


def _mistakes(entries: tuple[Entry, ...], isolation: Isolation, document: Document) -> Iterator[Finding]:
    places = {place.name: place for place in isolation.places if not place.zone.transit}
    names: set[str] = set()
    for index, entry in enumerate(entries):
        place, name = places.get(entry.place), entry.name or entry.place
        if place is None:
            path: tuple[str | int, ...] = ("spots", index, "place")
            yield document.finding(path, entry.place, "no such place", f"one of {', '.join(places)}")
        elif entry.address not in place.block:
            path = ("spots", index, "address")
            yield document.finding(path, str(entry.address), f"not in {place.name}", f"one of {place.block}")
        if name in names:
            yield document.finding(("spots", index), name, "two spots have this name", "give each its own")
        names.add(name)


def here(place: Place) -> Spot:
    """Return the spot of this machine in ``place``.

    Raises:
        NanxiError: no interface has an address there.
    """
    command = ["ip", "-json", "-4", "address", "show"]
    shown = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)  # noqa: S603
    own = [IPv4Address(a["local"]) for link in shown for a in link.get("addr_info", ()) if "local" in a]
    for address in own:
        if address in place.block:
            return Spot(place.name, place, address)
    raise NanxiError(
        f"this machine has no address in {place.name} ({place.block}); it has {', '.join(map(str, own)) or 'none'}. "
        f"Plug it into a port of the zone and give it a free address of the block"
    )


def place_named(name: str, isolation: Isolation) -> Place:
    """Return a place by its name.

    Raises:
        NanxiError: the plan has none of that name; the text lists them.
    """
    places = {place.name: place for place in isolation.places if not place.zone.transit}
    if name not in places:
        raise NanxiError(f"the plan has no place {name}; it has {', '.join(places)}")
    return places[name]


def from_here(
    mine: Spot, isolation: Isolation, devices: Iterable[IPv4Address], laptops: Iterable[IPv4Address]
) -> Stage:
    """Return the stage of one laptop: itself, real devices, and laptops that answer.

    Raises:
        NanxiError: an address lies in no place, or in this one.
    """
    targets: Mapping[IPv4Address, bool] = dict.fromkeys(devices, False) | dict.fromkeys(laptops, True)
    spots = [mine]
    for address, answers in targets.items():
        place = isolation.place_of(address)
        if place is None:
            raise NanxiError(f"{address} lies in no zone of the plan")
        if place == mine.place and not place.zone.isolated:
            raise NanxiError(f"{address} lies in this zone itself: what passes there, no gateway decides")
        spots.append(Spot(f"{place.name}@{address}", place, address, answers))
    return Stage(tuple(spots), {mine.name: ()})
