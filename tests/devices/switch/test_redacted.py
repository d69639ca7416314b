"""What shown and kept configurations say of secrets: nothing, also in lines that are not ours."""

from __future__ import annotations

import pytest

from nanxi.devices.driver import Secret
from nanxi.devices.switch.secrets import HIDDEN, redacted

TARGET = "snmp-agent target-host trap address udp-domain 10.1.1.1 params securityname"


@pytest.mark.parametrize(
    "line",
    [
        "snmp-server community sesame RO",
        "snmp-server host 10.1.1.1 sesame",
        "snmp-server host 10.1.1.1 informs sesame",
        "snmp-server host 10.1.1.1 version 2c sesame",
        "snmp-server host 10.1.1.1 traps version 1 sesame udp-port 162",
        f"{TARGET} sesame",
        f"{TARGET} sesame v2c",
        f"{TARGET} cipher sesame v2c private-netmanager",
        "ntp-service authentication-keyid 1 authentication-mode md5 sesame",
        "password irreversible-cipher sesame",
    ],
)
def test_what_may_be_a_secret_is_hidden(line: str) -> None:
    assert redacted(line) == line.replace("sesame", HIDDEN)


@pytest.mark.parametrize(
    "line",
    [
        "snmp-server host 10.1.1.1 version 3 priv nanxi",
        "snmp-server host 10.1.1.1 traps version 3 priv nanxi",
        "snmp-server host 10.1.1.1 vrf management version 3 priv nanxi",
        "snmp-server enable traps",
        f"{TARGET} nanxi v3 privacy",
    ],
)
def test_a_user_is_no_secret(line: str) -> None:
    assert redacted(line) == line


def test_a_known_secret_is_hidden_wherever_it_stands() -> None:
    assert redacted("banner sesame", {"login": Secret("sesame")}) == f"banner {HIDDEN}"
