"""The table of operations that a twin knows: name, access class, function. A new service is a new module."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lxml import etree

from lab.twin.auth.access import Access
from lab.twin.markup import Content, Xml, el
from lab.twin.settings import Settings, User
from lab.twin.twin import Twin


@dataclass(frozen=True, slots=True)
class Call:
    """One call of an operation: who is called, with what, by whom."""

    twin: Twin
    request: etree._Element
    user: User | None

    @property
    def settings(self) -> Settings:
        """The device's configuration."""
        return self.twin.settings

    @property
    def advertised_host(self) -> str:
        """The host that the device writes into its URIs: its own address, or a wrong one (O10)."""
        return self.twin.traits.services.advertises or str(self.twin.installation.address)


Handler = Callable[[Call], Content]


@dataclass(frozen=True, slots=True)
class Operation:
    """One row of the table."""

    name: str
    access: Access
    handler: Handler


OPERATIONS: dict[str, Operation] = {}


def operation(name: str, access: Access) -> Callable[[Handler], Handler]:
    """Register a function as the handler of ``prefix:Name``; it returns the content of ``prefix:NameResponse``."""

    def register(handler: Handler) -> Handler:
        OPERATIONS[name] = Operation(name, access, handler)
        return handler

    return register


def answer(call: Call, row: Operation) -> Xml:
    """Return the whole response element.

    Raises:
        lab.twin.soap.Fault: the device refuses.
    """
    return el(f"{row.name}Response", row.handler(call))
