"""Secrets in a configuration are placeholders until the very moment in which a line is sent.

So no secret is in a tree, a difference, a log, a backup or an error: only :func:`filled`, called by the transport,
knows them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nanxi.devices.driver import Secret

_PLACEHOLDER = re.compile(r"<secret:([a-z_]+)>")

#: Words after which systems print a secret or its cipher, and words that may stand there and are none.
_KEYWORDS = (
    r"cipher|simple|plain|irreversible-cipher|hash|encryption|policy|control|complexity-check|expire|history|chain"
    r"|generate|authentication-mode|read|write|recovery|md5|sha\S*|aes\S*|des\S*|3des|[0-9](?= \S)|<secret:\S+"
)
#: Whom a switch tells of something by SNMP v1 or v2c: there the name is the community.
_TOLD = (
    r"securityname(?! \S+ v3\b)|snmp-server host \S+(?: traps| informs)?"
    r"(?: version (?:1|2c)|(?! (?:traps|informs|version|vrf)\b))"
)
_REVEALING = re.compile(
    rf"\b(?P<word>cipher|irreversible-cipher|simple|hash|password|secret|authentication-mode (?:md5|sha\S*)"
    rf"|privacy-mode \S+|auth (?:md5|sha\S*)|priv (?:aes|des|3des)(?: \d+)?|community(?: read| write)?|key(?:-string)?"
    rf"|pre-shared-key|{_TOLD})(?P<type> [0-9](?= \S))? (?!(?:{_KEYWORDS})(?:\s|$))(?P<value>\S+)"
)
HIDDEN = "***"


def placeholder(name: str) -> str:
    """Return what stands for the secret ``name`` in a rendered line."""
    return f"<secret:{name}>"


def is_opaque(line: str) -> bool:
    """Return whether a line holds a secret, so that a switch never prints it as it was typed."""
    return bool(_PLACEHOLDER.search(line))


def filled(line: str, secrets: Mapping[str, Secret]) -> str:
    """Return the line as it is sent; the only place where a secret is in a line.

    Raises:
        KeyError: there is no such secret.
    """
    return _PLACEHOLDER.sub(lambda match: secrets[match[1]].value, line)


def redacted(text: str, secrets: Mapping[str, Secret] | None = None) -> str:
    """Return text of a switch without what is, or may be, a secret; placeholders stay."""
    for secret in (secrets or {}).values():
        text = text.replace(secret.value, HIDDEN)
    return _REVEALING.sub(lambda match: f"{match['word']}{match['type'] or ''} {HIDDEN}", text)
