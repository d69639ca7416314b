"""The base of every operation: one class per operation, with the parser of its reply."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Generic, TypeVar

from nanxi.devices.driver import Secret
from nanxi.devices.onvif.namespaces import DECLARED, Service
from nanxi.devices.values import Element

Reply_co = TypeVar("Reply_co", covariant=True)


class Request(ABC, Generic[Reply_co]):
    """One ONVIF operation. Subclasses are frozen dataclasses whose fields are the operation's arguments."""

    service: ClassVar[Service]
    operation: ClassVar[str]
    #: False: sending it twice is not the same as once, so it never is (CreateUsers, a password change).
    repeatable: ClassVar[bool] = True

    def secrets(self) -> tuple[Secret, ...]:
        """Return the passwords in the arguments: a device may echo them in a fault, and nobody may see them."""
        return ()

    def content(self) -> str:
        """Return the operation's children as XML, in the order of the schema (O15)."""
        return ""

    def body(self) -> str:
        """Return the operation's element."""
        name = f"{self.service.prefix}:{self.operation}"
        declaration = (
            "" if self.service in DECLARED else f' xmlns:{self.service.prefix}="{self.service.namespace}"'
        )
        content = self.content()
        return f"<{name}{declaration}>{content}</{name}>" if content else f"<{name}{declaration}/>"

    @abstractmethod
    def decode(self, reply: Element) -> Reply_co:
        """Return what the reply's first element in the SOAP body says."""
