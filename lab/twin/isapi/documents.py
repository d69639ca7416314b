"""The factory's documents: files under ``documents/``, a later folder of ``LAYERS`` over an earlier one.

A file is named after its resource, with dots for slashes. ``{c}`` in the name makes one document per channel; the
attribute ``repeat`` makes one element per ``channel``, ``stream`` or ``slot`` (time server). In a text ``{c}`` is the
channel's number, ``{cc}`` the same with two digits, ``{s}`` the stream's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from lab.twin.isapi.traits import IsapiTraits
from lab.twin.isapi.tree import Element, dump, read
from lab.twin.twin import Twin

FOLDER = Path(__file__).parent / "documents"
LAYERS = {"camera": ("common", "own"), "dvr": ("common", "own", "dvr"), "nvr": ("common", "nvr")}


def channels_of(twin: Twin) -> int:
    """Return how many inputs a device has, its own or a recorder's places for cameras."""
    hardware = twin.profile.hardware
    return hardware.inputs or len(hardware.sources)


def kept(twin: Twin, resource: str, *, factory_new: bool = False) -> Element | None:
    """Return a document as it was written last, or as the factory left it; None where there is none."""
    original = factory(twin.profile.isapi, channels_of(twin)).get(resource)
    written = None if factory_new else twin.settings.isapi.get(resource)
    content = written or original
    return None if content is None else read(content.encode())


@cache
def factory(traits: IsapiTraits, channels: int) -> Mapping[str, str]:
    """Return the documents of a device as the factory left it, by resource; equal firmware shares them."""
    files: dict[str, Path] = {}
    for layer in LAYERS.get(traits.documents, ()):
        files.update({file.stem.replace(".", "/"): file for file in (FOLDER / layer).glob("*.xml")})
    documents = {}
    for resource, file in sorted(files.items()):
        content = file.read_text("utf-8")
        for number in range(1, channels + 1) if "{c}" in resource else (0,):
            root = read((_filled(content, number) if number else content).encode())
            _repeat(root, channels, traits.ntp_slots)
            documents[resource.replace("{c}", str(number))] = dump(root)
    return documents


def _repeat(root: Element, count: int, slots: int) -> None:
    channels = range(1, count + 1)
    numbers = {
        "channel": [(channel, 0) for channel in channels],
        "slot": [(slot, 0) for slot in range(1, slots + 1)],
        "stream": [(channel, channel * 100 + stream) for channel in channels for stream in (1, 2)],
    }
    for template in root.findall(".//*[@repeat]"):
        parent = template.getparent()
        assert parent is not None
        place = parent.index(template)
        parent.remove(template)
        made = numbers[template.attrib.pop("repeat")]
        parent[place:place] = [read(_filled(dump(template), *one).encode()) for one in made]


def _filled(content: str, channel: int, stream: int = 0) -> str:
    return content.replace("{cc}", f"{channel:02}").replace("{c}", str(channel)).replace("{s}", str(stream))
