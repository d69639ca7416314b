"""Access list rules as Cisco and Ruijie write them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lab.switches.dataplane import ANY, Match
from lab.switches.dialects.access_lists import AclRule, PortTest, Reader, dotted, taken
from lab.switches.grammar import Token

#: Ports that are shown by name.
CISCO_PORTS = {
    "tcp": {"ftp": 21, "telnet": 23, "smtp": 25, "domain": 53, "www": 80, "pop3": 110, "bgp": 179},
    "udp": {
        "domain": 53,
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
class CiscoRule:
    """``permit tcp host 10.0.0.1 any eq 554``; a standard rule has a source alone."""

    basic: bool

    def parse(self, words: Sequence[Token], line: str) -> tuple[AclRule, int] | None:
        """Take every word."""
        del line
        result = taken(self._read, Reader(words, CISCO_PORTS))
        return result if result is not None and result[1] == len(words) else None

    def _read(self, reader: Reader) -> AclRule:
        action = reader.keyword("permit", "deny", shortest=1)
        if action is None:
            raise ValueError("neither permit nor deny")
        rule = AclRule(permit=action == "permit", basic=self.basic)
        if self.basic:
            return self._options(reader, replace(rule, source=_address(reader, alone=True)))
        protocol = reader.protocol()
        rule = replace(rule, protocol=protocol, source=_address(reader))
        rule = replace(rule, source_port=_test(reader, protocol), destination=_address(reader))
        return self._options(reader, replace(rule, destination_port=_test(reader, protocol)))

    def _options(self, reader: Reader, rule: AclRule) -> AclRule:
        while not reader.done:
            if reader.keyword("log"):
                rule = replace(rule, extras=("log",))
            elif rule.protocol == "tcp" and reader.keyword("established"):
                rule = replace(rule, established=True)
            elif rule.protocol == "icmp" and (kind := reader.keyword("echo", "echo-reply", shortest=4)):
                rule = replace(rule, icmp_type=kind)
            else:
                raise ValueError("no such option")
        return rule

    def text(self, rule: AclRule) -> str:
        """Return a rule as it is shown."""
        parts = ["permit" if rule.permit else "deny"]
        if self.basic:
            # A host needs no keyword in a standard list: C2960X shows the address alone.
            parts.append(_shown(rule.source, host=""))
        else:
            parts += [rule.protocol, _shown(rule.source), *_ports(rule.source_port, rule.protocol)]
            parts += [_shown(rule.destination), *_ports(rule.destination_port, rule.protocol)]
        parts += [rule.icmp_type] if rule.icmp_type else []
        parts += ["established"] if rule.established else []
        return " ".join([*parts, *rule.extras])


def _address(reader: Reader, *, alone: bool = False) -> Match:
    if reader.keyword("any"):
        return ANY
    if reader.keyword("host", shortest=4):
        return Match(reader.ip(), 0)
    if alone and reader.left == 1:
        return Match(reader.ip(), 0)
    return reader.address(wildcard_zero=False)


def _test(reader: Reader, protocol: str) -> PortTest | None:
    if protocol in ("tcp", "udp") and reader.peek() in ("eq", "neq", "gt", "lt", "range"):
        return reader.port_test(protocol)
    return None


def _shown(match: Match, host: str = "host ") -> str:
    if match == ANY:
        return "any"
    if match.wildcard == 0:
        return f"{host}{dotted(match.address)}"
    return f"{dotted(match.address)} {dotted(match.wildcard)}"


def _ports(test: PortTest | None, protocol: str) -> list[str]:
    if test is None:
        return []
    names = {number: word for word, number in CISCO_PORTS[protocol].items()}
    low = [test.operator, names.get(test.low, str(test.low))]
    return [*low, names.get(test.high, str(test.high))] if test.operator == "range" else low
