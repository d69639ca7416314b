"""The base of every operation: one class per operation, with the parser of its reply."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

from nanxi.devices.onvif.namespaces import Service
from nanxi.devices.onvif.values import Element


class Request[Reply](ABC):
    """One ONVIF operation. Subclasses are frozen dataclasses whose fields are the operation's arguments."""

    service: ClassVar[Service]
    operation: ClassVar[str]

    def content(self) -> str:
        """Return the operation's children as XML, in the order of the schema (O15)."""
        return ""

    def body(self) -> str:
        """Return the operation's element."""
        name = f"{self.service.prefix}:{self.operation}"
        content = self.content()
        return f"<{name}>{content}</{name}>" if content else f"<{name}/>"

    @abstractmethod
    def decode(self, reply: Element) -> Reply:
        """Return what the reply's first element in the SOAP body says."""
