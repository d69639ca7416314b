"""What is no reply at all: a web page, or words."""

from __future__ import annotations

import re

from nanxi.devices.values import plain

_TAG = re.compile(r"<[^>]*>")
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)", re.IGNORECASE | re.DOTALL)


def is_html(body: bytes) -> bool:
    """Whether the body is a web page: what a web server answers where no device's interface is."""
    return _HTML.match(body, 0, min(len(body), 1024)) is not None


def words(body: bytes) -> str:
    """Return the beginning of a body that is no reply as plain words, for a message."""
    return plain(" ".join(_TAG.sub(" ", body[:2000].decode("utf-8", "replace")).split()))[:120]
