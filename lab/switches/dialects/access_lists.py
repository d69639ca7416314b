"""Access lists as typed rules, and how Huawei and H3C on one side, Cisco and Ruijie on the other write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import AddressValueError, IPv4Address
from typing import Any

from lab.switches.dataplane import ANY, Match, Rule
from lab.switches.grammar import Token

_PROTOCOLS = {"icmp": 1, "igmp": 2, "tcp": 6, "udp": 17, "gre": 47, "ospf": 89}
_NUMBERS = {number: name for name, number in _PROTOCOLS.items()}
_ICMP = {"echo": 8, "echo-reply": 0}
_LAST = 65535


@dataclass(frozen=True)
class PortTest:
    """``eq 554``, ``range 500 600``, ``gt``, ``lt``, ``neq``."""

    operator: str
    low: int
    high: int = 0

    def ranges(self) -> tuple[tuple[int, int], ...]:
        """Return what is meant as inclusive ranges."""
        return {
            "eq": ((self.low, self.low),),
            "range": ((self.low, self.high),),
            "gt": ((self.low + 1, _LAST),),
            "lt": ((0, self.low - 1),),
            "neq": ((0, self.low - 1), (self.low + 1, _LAST)),
        }[self.operator]


@dataclass(frozen=True)
class AclRule:
    """One rule as it is configured. ``protocol`` is a keyword or a number; "ip" is any."""

    permit: bool
    protocol: str = "ip"
    source: Match = ANY
    destination: Match = ANY
    source_port: PortTest | None = None
    destination_port: PortTest | None = None
    icmp_type: str = ""
    established: bool = False
    basic: bool = False
    extras: tuple[str, ...] = ()  # logging, counting

    def meaning(self) -> Rule:
        """Return what it means to packets."""
        protocol = None if self.protocol == "ip" else _PROTOCOLS.get(self.protocol)
        if protocol is None and self.protocol.isdecimal():
            protocol = int(self.protocol)
        return Rule(
            permit=self.permit,
            protocol=protocol,
            source=self.source,
            destination=self.destination,
            source_ports=self.source_port.ranges() if self.source_port else (),
            destination_ports=self.destination_port.ranges() if self.destination_port else (),
            icmp_type=_ICMP.get(self.icmp_type),
            established=self.established,
        )


class Reader:
    """Walks over the words of a rule. ``names``: port names by protocol keyword."""

    def __init__(self, words: Sequence[Token], names: Mapping[str, Mapping[str, int]]) -> None:
        self._words = [word.text.lower() for word in words]
        self._names = names
        self.at = 0

    @property
    def done(self) -> bool:
        """Whether all words are read."""
        return self.at == len(self._words)

    @property
    def left(self) -> int:
        """How many words are still to be read."""
        return len(self._words) - self.at

    def peek(self) -> str:
        """Return the next word without passing it; "" at the end."""
        return "" if self.done else self._words[self.at]

    def ip(self) -> int:
        """Read an address."""
        return int(IPv4Address(self.next()))

    def next(self) -> str:
        """Return the next word.

        Raises:
            ValueError: there is none.
        """
        if self.done:
            raise ValueError("incomplete")
        self.at += 1
        return self._words[self.at - 1]

    def keyword(self, *keywords: str, shortest: int = 3) -> str | None:
        """Return which of some keywords comes next and pass it; abbreviations have ``shortest`` letters or more."""
        if self.done:
            return None
        word = self._words[self.at]
        for keyword in keywords:
            if word == keyword or (len(word) >= shortest and keyword.startswith(word)):
                self.at += 1
                return keyword
        return None

    def protocol(self) -> str:
        """Read a protocol's keyword or number."""
        word = self.next()
        if word == "ip" or word in _PROTOCOLS:
            return word
        if word.isdecimal() and int(word) <= 255:
            return _NUMBERS.get(int(word), word)
        raise ValueError(word)

    def address(self, wildcard_zero: bool) -> Match:
        """Read an address and its wildcard; Huawei and H3C write a host as ``A 0``."""
        address = IPv4Address(self.next())
        word = self.next()
        wildcard = 0 if wildcard_zero and word == "0" else int(IPv4Address(word))
        return Match(int(address) & ~wildcard & 0xFFFFFFFF, wildcard)

    def port_test(self, protocol: str) -> PortTest:
        """Read an operator and its ports."""
        operator = self.keyword("eq", "range", "gt", "lt", "neq", shortest=2)
        if operator is None:
            raise ValueError("no operator")
        low = self._port(protocol)
        test = PortTest(operator, low, self._port(protocol) if operator == "range" else 0)
        if operator == "range" and test.high < low:
            raise ValueError("the range ends before it begins")
        return test

    def _port(self, protocol: str) -> int:
        word = self.next()
        if word.isdecimal() and int(word) <= _LAST:
            return int(word)
        return self._names.get(protocol, {})[word]


def taken(read: Callable[[Reader], AclRule], reader: Reader) -> tuple[AclRule, int] | None:
    """Return a rule and how many words it took; None when they are none."""
    try:
        rule = read(reader)
    except (ValueError, KeyError, AddressValueError):
        return None
    return rule, reader.at


def dotted(number: int) -> str:
    """Return an address or wildcard."""
    return str(IPv4Address(number))


#: Ports that VRP and Comware show by name.
HUAWEI_PORTS = {
    "tcp": {"ftp": 21, "telnet": 23, "smtp": 25, "domain": 53, "www": 80, "pop3": 110, "bgp": 179},
    "udp": {
        "dns": 53,
        "bootps": 67,
        "bootpc": 68,
        "tftp": 69,
        "ntp": 123,
        "snmp": 161,
        "snmptrap": 162,
        "syslog": 514,
    },
}


@dataclass(frozen=True)
class HuaweiRule:
    """``permit tcp source 10.0.0.0 0.0.0.255 destination-port eq 554``: options in any order, shown in one.

    Args:
        basic: source alone.
        established: how the option for answers of TCP is written.
        extras: further options that change nothing here.
    """

    basic: bool
    established: tuple[str, ...] = ("tcp-flag", "established")
    extras: tuple[str, ...] = ("logging",)

    def parse(self, words: Sequence[Token], line: str) -> tuple[AclRule, int] | None:
        """Take every word."""
        del line
        result = taken(self._read, Reader(words, HUAWEI_PORTS))
        return result if result is not None and result[1] == len(words) else None

    def _read(self, reader: Reader) -> AclRule:
        action = reader.keyword("permit", "deny", shortest=1)
        if action is None:
            raise ValueError("neither permit nor deny")
        rule = AclRule(permit=action == "permit", basic=self.basic)
        if not self.basic:
            rule = replace(rule, protocol=reader.protocol())
        while not reader.done:
            rule = self._option(reader, rule)
        return rule

    def _option(self, reader: Reader, rule: AclRule) -> AclRule:
        ported = rule.protocol in ("tcp", "udp")
        option = reader.keyword(
            "source",
            "destination",
            "source-port",
            "destination-port",
            "icmp-type",
            self.established[0],
            *self.extras,
        )
        if option in ("source", "destination") and not (self.basic and option == "destination"):
            match = ANY if reader.keyword("any") else reader.address(wildcard_zero=True)
            return replace(rule, source=match) if option == "source" else replace(rule, destination=match)
        if option == "source-port" and ported:
            return replace(rule, source_port=reader.port_test(rule.protocol))
        if option == "destination-port" and ported:
            return replace(rule, destination_port=reader.port_test(rule.protocol))
        if option == "icmp-type" and rule.protocol == "icmp":
            return replace(rule, icmp_type=reader.next())
        if option == self.established[0] and rule.protocol == "tcp":
            for word in self.established[1:]:
                if reader.next() != word:
                    raise ValueError(word)
            return replace(rule, established=True)
        if option in self.extras:
            return replace(rule, extras=(*rule.extras, option))
        raise ValueError("no such option")

    def text(self, rule: AclRule) -> str:
        """Return a rule as it is shown."""
        parts = ["permit" if rule.permit else "deny", *([] if self.basic else [rule.protocol])]
        for name, match in (("source", rule.source), ("destination", rule.destination)):
            if match != ANY:
                parts += [name, dotted(match.address), dotted(match.wildcard) if match.wildcard else "0"]
        for name, test in (("source-port", rule.source_port), ("destination-port", rule.destination_port)):
            if test is not None:
                names = {number: word for word, number in HUAWEI_PORTS[rule.protocol].items()}
                parts += [name, test.operator, names.get(test.low, str(test.low))]
                parts += [names.get(test.high, str(test.high))] if test.operator == "range" else []
        parts += ["icmp-type", rule.icmp_type] if rule.icmp_type else []
        parts += self.established if rule.established else ()
        return " ".join([*parts, *rule.extras])


def next_number(used: Sequence[int], step: int) -> int:
    """Return the number of a rule typed without one."""
    return (max(used) // step + 1) * step if used else step


def numbered(
    values: dict[str, Any], existing: Sequence[Mapping[str, Any]], step: int
) -> dict[str, Any] | None:
    """Return a rule's values with a number; None when the very rule is there already."""
    if "id" in values:
        return values
    if any(rule["rule"] == values["rule"] for rule in existing):
        return None
    return {**values, "id": next_number([rule["id"] for rule in existing], step)}
