"""REST over the documents: read, write, add, delete, whole or one item of a collection."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

from lab.twin.isapi import accounts, channels, system, video  # noqa: F401 - each registers its bindings
from lab.twin.isapi.bindings import show, take
from lab.twin.isapi.documents import channels_of, kept
from lab.twin.isapi.replies import Problem
from lab.twin.isapi.tree import SECRET, Element, dump, fill, gaps, items, keep_secrets, new, put, read, text
from lab.twin.twin import Twin
from nanxi.xml import XmlError

#: A collection whose items are made and deleted, and what a new item has besides what was sent.
_INPUT = {
    "certificateValidationEnabled": "false",
    "defaultAdminPortEnabled": "false",
    "enableAnr": "false",
    "enableTiming": "true",
}
_USER: dict[str, str] = {}
GROWING = {"ContentMgmt/InputProxy/channels": _INPUT, "Security/users": _USER}


def told(twin: Twin, path: str) -> Element | None:
    """Return what a resource tells now, None where there is none of that name."""
    if (root := kept(twin, path)) is not None:
        show(twin, path, root)
        return root
    collection, _, number = path.rpartition("/")
    whole = kept(twin, collection)
    if whole is None:
        return None
    show(twin, collection, whole)
    return _item(whole, number)


def write(twin: Twin, path: str, body: bytes) -> Callable[[], None]:
    """Check a PUT; return what makes it so.

    Raises:
        Problem: the device refuses.
    """
    present = told(twin, path)
    if present is None:
        raise Problem("notSupport")
    sent = _read(body, present.tag)
    if missing := next(gaps(present, sent), None):
        if twin.profile.isapi.left_out == "refuse":
            raise Problem("badXmlContent", missing)
        if (original := _original(twin, path)) is not None:
            fill(sent, original)
    return lambda: _keep(twin, path, sent)


def add(twin: Twin, path: str, body: bytes) -> tuple[Callable[[], None], str]:
    """Check a POST to a collection; return what makes it so and the new item's id.

    Raises:
        Problem: the device refuses.
    """
    whole = told(twin, path)
    if whole is None or path not in GROWING:
        raise Problem("notSupport" if whole is None else "methodNotAllowed")
    sent = _read(body, None)
    taken = {text(item, "id") for item in items(whole)}
    limit = channels_of(twin) if path.endswith("channels") else 32
    number = text(sent, "id") or next(
        (str(free) for free in range(1, limit + 1) if str(free) not in taken), ""
    )
    if number in taken or not number.isdigit() or not 1 <= int(number) <= limit:
        raise Problem("invalidOperation", "id")
    item = new(sent.tag, id=number)
    item.extend(child for child in sent if child.tag != "id")
    item.extend(child for child in new("x", **GROWING[path]) if item.find(child.tag) is None)
    whole.append(item)
    whole[:] = sorted(items(whole), key=lambda one: int(text(one, "id")))
    return lambda: _store(twin, path, whole), number


def delete(twin: Twin, path: str) -> Callable[[], None]:
    """Check a DELETE of one item; return what makes it so.

    Raises:
        Problem: the device refuses.
    """
    collection, _, number = path.rpartition("/")
    whole = told(twin, collection)
    if whole is None or (item := _item(whole, number)) is None:
        raise Problem("notSupport")
    if collection not in GROWING:
        raise Problem("methodNotAllowed")
    whole.remove(item)
    return lambda: _store(twin, collection, whole)


def _read(body: bytes, tag: str | None) -> Element:
    try:
        sent = read(body)
    except XmlError:
        raise Problem("badXmlFormat") from None
    if tag not in (None, sent.tag):
        raise Problem("badXmlContent", sent.tag)
    return sent


def _keep(twin: Twin, path: str, sent: Element) -> None:
    collection, _, number = path.rpartition("/")
    if (present := kept(twin, path)) is not None:
        keep_secrets(present, sent)
        _store(twin, path, sent)
        return
    whole = told(twin, collection)
    assert whole is not None
    item = _item(whole, number)
    assert item is not None
    keep_secrets(item, sent)
    put(sent, "id", number)
    whole.replace(item, sent)
    _store(twin, collection, whole)


def _store(twin: Twin, path: str, root: Element) -> None:
    if path in twin.profile.isapi.ignores:
        return
    take(twin, path, root)
    stored = deepcopy(root)
    spent = SECRET if path == "Security/users" else {"loginPassword"}
    for secret in list(stored.iter(*spent)):
        parent = secret.getparent()
        assert parent is not None
        parent.remove(secret)
    twin.change("isapi", {**twin.settings.isapi, path: dump(stored)})


def _original(twin: Twin, path: str) -> Element | None:
    if (root := kept(twin, path, factory_new=True)) is not None:
        return root
    collection, _, number = path.rpartition("/")
    whole = kept(twin, collection, factory_new=True)
    return None if whole is None else _item(whole, number)


def _item(whole: Element, number: str) -> Element | None:
    return next((item for item in items(whole) if text(item, "id") == number), None)
